import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { ProgramIdentity } from '../core/exempt-match.js';
import { findMount, type Mount, mayNotAnswer, type OpenFile, parseOpenFile } from '../core/mount-table.js';
import type { ProcReader, Seat } from './proc-reader.js';
import { O_PATH } from './program-file.js';

const ownMounts = '/proc/self/mountinfo';

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
      const own = tableOf(ownMounts);
      const mount = findMount(own, id) ?? findMount(tableOf(reader.path(seat, 'mountinfo')), id);
      // A number is no secret: an intruder's own file system can give it to a file as well.
      if (mount === undefined || mayNotAnswer(mount, own)) return undefined;
      return identity(mount, fstatSync(descriptor, { bigint: true }), inode);
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
      if (inode === undefined) return undefined;
      const mount =
        findMount(tableOf(ownMounts), id) ?? findMount(tableOf(reader.path(seat, 'mountinfo')), id);
      return mount && { device: deviceOf(mount), inode };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** An open file that may be asked for what it is. */
export interface OpenIdentity {
  readonly identity: ProgramIdentity;
  readonly mount: Mount;
  /** Whether somebody else than this host's kernel decides what it is. */
  readonly mayNotAnswer: boolean;
}

/** Undefined when its mount is not in the daemon's own table. */
export function identityOfOpen(descriptor: number): OpenIdentity | undefined {
  const { inode, mount: id } = kernelFacts(descriptor);
  const own = tableOf(ownMounts);
  const mount = findMount(own, id);
  if (mount === undefined) return undefined;
  const stats = fstatSync(descriptor, { bigint: true });
  return { mount, identity: identity(mount, stats, inode), mayNotAnswer: mayNotAnswer(mount, own) };
}

function identity(mount: Mount, stats: BigIntStats, inode = stats.ino): ProgramIdentity {
  const [device, statDevice] = [deviceOf(mount), kernelDevice(stats.dev)];
  return { device, inode, ...(statDevice !== device && { subvolume: statDevice }) };
}

/** `MAJOR << 20 | MINOR`: how the kernel keeps the device of a file system. */
function deviceOf({ device }: Mount): bigint {
  const [major = '', minor = ''] = device.split(':');
  return (BigInt(major) << 20n) | BigInt(minor);
}

/** Of a `dev_t` of the C library (makedev(3)), where each number lies on both sides of the other. */
function kernelDevice(dev: bigint): bigint {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xffff_f000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffff_ff00n);
  return (major << 20n) | minor;
}

function kernelFacts(descriptor: number): OpenFile {
  return parseOpenFile(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
}

/** Numbers of mounts are used again, so that nothing is remembered. */
function tableOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
