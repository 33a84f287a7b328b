import type { Libc } from './libc.js';
import type { ContainSettings, SparedProgram } from './messages.js';
import type { ProcFiles } from './proc-files.js';
import { signalProcess } from './process-signal.js';
import { RecentMap } from './recent-map.js';
import { runningProgram } from './running-program.js';
import type { ThreadOwner } from './thread-owner.js';

const mostRemembered = 4096;
/** `kthreadd`, whose children all kernel threads are. */
const kernelThreads = 2;

/** Stops or kills processes that the kernel holds at a permission event, before they are let go. */
export class OpenerContainment {
  readonly #libc: Libc;
  readonly #proc: ProcFiles;
  readonly #settings: ContainSettings;
  readonly #stopped = new RecentMap<true>(mostRemembered);
  readonly #spared = new RecentMap<true>(mostRemembered);
  #programs = new Map<string, SparedProgram>();
  #inodes: ReadonlySet<bigint> = new Set();

  constructor(libc: Libc, proc: ProcFiles, settings: ContainSettings) {
    this.#libc = libc;
    this.#proc = proc;
    this.#settings = settings;
  }

  /** These programs, and no others, are not held under their conditions. */
  exempt(programs: readonly SparedProgram[]): void {
    this.#programs = new Map(programs.map((program) => [`${program.device}:${program.inode}`, program]));
    this.#inodes = new Set(programs.map(({ inode }) => inode));
  }

  /** This process is not held any more. */
  spare(processId: number, startedAtNs: bigint): void {
    this.#spared.set(`${processId} ${startedAtNs}`, true);
  }

  /** What was done to the process; undefined when it is let go as it is. */
  hold(owner: ThreadOwner): 'stopped' | 'killed' | undefined {
    const { processId, parentId, startedAtNs } = owner;
    const key = `${processId} ${startedAtNs}`;
    const { level } = this.#settings;
    const isKernels = processId === kernelThreads || parentId === kernelThreads;
    if (isKernels || this.#spared.get(key) === true) return undefined;
    if (level === 'inspect' && this.#stopped.get(key) === true) return undefined;
    if (this.#isExempt(processId)) return undefined;
    const signal = level === 'kill' ? 'kill' : 'stop';
    if (!signalProcess(this.#libc, { pid: processId, startedAtNs }, signal, this.#proc)) return undefined;
    this.#stopped.set(key, true);
    return level === 'kill' ? 'killed' : 'stopped';
  }

  #isExempt(processId: number): boolean {
    if (this.#programs.size === 0) return false;
    const program = this.#programOf(processId);
    return program?.conditions.some((condition) => this.#meets(processId, condition)) ?? false;
  }

  #programOf(processId: number): SparedProgram | undefined {
    const program = runningProgram(this.#proc, processId, (inode) => this.#inodes.has(inode));
    return program && this.#programs.get(`${program.device}:${program.inode}`);
  }

  #meets(processId: number, { uid, unit }: SparedProgram['conditions'][number]): boolean {
    const isUser = uid === undefined || realUserOf(this.#proc.read(`${processId}/status`)) === uid;
    return isUser && (unit === undefined || unitsOf(this.#proc.read(`${processId}/cgroup`)).has(unit));
  }
}

/** First number of the `Uid` line of /proc/PID/status. */
function realUserOf(status: string): number | undefined {
  const [, uid] = /\nUid:\t(\d+)/.exec(status) ?? [];
  return uid === undefined ? undefined : Number(uid);
}

/**
 * The unit as the innermost cgroup that systemd made: of version 2, or of its own hierarchy. Deeper
 * than three levels it may be one of a user's own manager.
 */
export function unitsOf(cgroups: string): ReadonlySet<string> {
  const units = new Set<string>();
  for (const [, path = ''] of cgroups.matchAll(/^(?:0:|\d+:name=systemd):(\/.*)$/gm)) {
    const names = path.split('/').slice(1);
    const [last = ''] = names.slice(-1);
    if (last !== '' && names.length <= 3) units.add(last);
  }
  return units;
}
