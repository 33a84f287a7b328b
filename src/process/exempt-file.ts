import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { ProgramIdentity } from '../core/exempt-match.js';
import type { ProcReader, Seat } from './proc-reader.js';
import { O_PATH } from './program-file.js';

const ownMounts = '/proc/self/mountinfo';

/** What the kernel knows of an open file, without that its file system is asked for anything. */
interface KernelFacts {
  /** Absent before Linux 5.14, whose fdinfo does not tell it. */
  readonly inode?: bigint;
  readonly mount: string;
}

export interface Mount {
  /** `MAJOR << 20 | MINOR`: how the kernel keeps the device of a file system. */
  readonly device: bigint;
  readonly type: string;
}

/**
 * The program that a process runs, when it has the inode number of one that is looked for. Numbers are
 * compared first: of any other file neither the mounts nor the file system, which may be an intruder's
 * own, are asked.
 */
export function programOf(
  reader: ProcReader,
  seat: Seat,
  isWanted: (inode: bigint) => boolean,
): ProgramIdentity | undefined {
  try {
    const descriptor = openSync(reader.path(seat, 'exe'), O_PATH);
    try {
      const { inode, mount: id } = kernelFacts(descriptor);
      if (inode !== undefined && !isWanted(inode)) return undefined;
      const mount = mountOf(id, [ownMounts, reader.path(seat, 'mountinfo')]);
      return mount && identity(mount, fstatSync(descriptor, { bigint: true }), inode);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** The program that a process runs, told by the kernel alone; undefined before Linux 5.14. */
export function kernelProgramOf(
  reader: ProcReader,
  seat: Seat,
): Pick<ProgramIdentity, 'device' | 'inode'> | undefined {
  try {
    const descriptor = openSync(reader.path(seat, 'exe'), O_PATH);
    try {
      const { inode, mount: id } = kernelFacts(descriptor);
      const mount =
        inode === undefined ? undefined : mountOf(id, [ownMounts, reader.path(seat, 'mountinfo')]);
      return mount && inode !== undefined ? { device: mount.device, inode } : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** Identity and mount of an open file that may be asked for what it is. */
export function identityOfOpen(descriptor: number): { identity: ProgramIdentity; mount: Mount } | undefined {
  const { inode, mount: id } = kernelFacts(descriptor);
  const mount = mountOf(id, [ownMounts]);
  return mount && { mount, identity: identity(mount, fstatSync(descriptor, { bigint: true }), inode) };
}

function identity({ device }: Mount, stats: BigIntStats, inode = stats.ino): ProgramIdentity {
  const statDevice = kernelDevice(stats.dev);
  return { device, inode, ...(statDevice !== device && { subvolume: statDevice }) };
}

/** Of a `dev_t` of the C library (makedev(3)), where each number lies on both sides of the other. */
function kernelDevice(dev: bigint): bigint {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xffff_f000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffff_ff00n);
  return (major << 20n) | minor;
}

function kernelFacts(descriptor: number): KernelFacts {
  const facts = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
  const inode = /^ino:\t(\d+)$/m.exec(facts)?.[1];
  const mount = /^mnt_id:\t(\d+)$/m.exec(facts)?.[1] ?? '';
  return { mount, ...(inode !== undefined && { inode: BigInt(inode) }) };
}

/** Numbers of mounts are used again, so that nothing is remembered. */
function mountOf(id: string, tables: readonly string[]): Mount | undefined {
  for (const table of tables) {
    const line = tableOf(table)
      .split('\n')
      .find((one) => one.startsWith(`${id} `));
    // proc_pid_mountinfo(5): optional fields end with a lone dash, then comes the type.
    const [, major, minor] = /^\d+ \d+ (\d+):(\d+) /.exec(line ?? '') ?? [];
    const type = line?.split(' - ')[1]?.split(' ')[0];
    if (major !== undefined && minor !== undefined && type !== undefined)
      return { device: (BigInt(major) << 20n) | BigInt(minor), type };
  }
  return undefined;
}

function tableOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
