import { randomInt } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { DecoyUnavailable } from '../../core/ports/decoy.js';

/** The same number on every distribution of today; a name would be looked up. */
const nobody = '65534';
/** Of groups that nobody is a member of: those of systemd's dynamic users. */
const strangers = { first: 61_184, last: 65_519 };
const megabyte = 1024 * 1024;

export interface ChildCommandOptions {
  /** Folder with the files that the child reads, and only it. */
  readonly folder: string;
  /** Its program in there. */
  readonly program: string;
  /** All its memory, MB. */
  readonly memoryMb: number;
  /** Where programs are looked for, as PATH. */
  readonly searchPath: string;
}

/**
 * The command line of the child: a network name space of its own, then nobody without any privilege, then limits.
 * Its group is its own: the kernel lets a process at the memory of another (`/proc/PID/mem`) whose user and group are
 * both the same, and other programs, and the one that builds the database, run as nobody too.
 * In this order: only root makes name spaces, and a change of user forgets the signal for the parent's death.
 * @throws DecoyUnavailable when one of the programs is missing
 */
export function childCommand({ folder, program, memoryMb, searchPath }: ChildCommandOptions): string[] {
  const find = (name: string) => findProgram(name, searchPath);
  return [
    ...[find('unshare'), '--net', '--'],
    ...[
      find('setpriv'),
      `--reuid=${nobody}`,
      `--regid=${strangeGroup()}`,
      '--clear-groups',
      '--no-new-privs',
    ],
    ...['--bounding-set=-all', '--inh-caps=-all', '--pdeathsig=KILL', '--'],
    // Address space is no measure: WebAssembly reserves tens of GB. Data counts what can be written to (getrlimit(2)).
    ...[find('prlimit'), `--data=${memoryMb * megabyte}`, '--fsize=0', '--core=0', '--nofile=1024'],
    ...['--nproc=512', '--memlock=0', '--msgqueue=0', '--'],
    ...[process.execPath, ...permissionFlags(folder), '--no-warnings', '--max-old-space-size=256', program],
  ];
}

/** Node's own second fence (`--permission`, experimental before 22.13): reads these files, starts threads, nothing else. */
function permissionFlags(folder: string): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  const main = ['--permission', '--experimental-permission'].find((flag) => known.has(flag));
  if (main === undefined) return [];
  // Where the network is fenced too (25), it is needed: for the sockets it was given.
  const network = known.has('--allow-net') ? ['--allow-net'] : [];
  return [main, `--allow-fs-read=${folder}/*`, '--allow-worker', ...network];
}

function strangeGroup(): number {
  return randomInt(strangers.first, strangers.last + 1);
}

function findProgram(name: string, searchPath: string): string {
  const path = searchPath
    .split(':')
    .map((folder) => join(folder || '.', name))
    .find(isProgram);
  if (path === undefined) throw new DecoyUnavailable(`${name} (util-linux) is not installed or not in PATH`);
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
