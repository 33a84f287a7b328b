import { closeSync, fstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import type { ProgramIdentity } from '../core/exempt-match.js';
import { printableText } from '../core/printable.js';
import { complaintAbout, faultOf } from '../core/root-only-path.js';
import { identityOfOpen } from './exempt-file.js';
import { O_PATH, type ProgramFiles } from './program-file.js';

/** A program file that can be believed to be what it is. */
export interface TrustedProgram {
  readonly state: 'trusted';
  /** Where the path leads when symbolic links are followed. */
  readonly realPath: string;
  readonly identity: ProgramIdentity;
  readonly stamp: string;
  /**
   * Holds on to the file, so that its inode number is given to no other file while it is remembered.
   * To be closed by whoever takes it.
   */
  readonly descriptor: number;
  /** Where it was asked for; undefined with `notHashed`. */
  readonly sha256?: string;
  readonly notHashed?: string;
}

export type ProgramAtPath =
  | TrustedProgram
  | { readonly state: 'missing'; readonly reason: string }
  /** Somebody else than root decides what it is. */
  | { readonly state: 'refused'; readonly reason: string };

/** The file that a path leads to now, judged. Never rejects. */
export async function programAt(
  path: string,
  programs: ProgramFiles,
  wantsHash: boolean,
): Promise<ProgramAtPath> {
  let descriptor: number | undefined;
  try {
    const complaint = await complaintAbout(path, { lstat, readlink });
    if (complaint !== undefined) return { state: 'refused', reason: complaint };
    descriptor = openSync(path, O_PATH);
    const file = await describe(path, descriptor, programs, wantsHash);
    if (file.state === 'trusted') descriptor = undefined;
    return file;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { state: 'missing', reason: `${printableText(path)}: ${code ?? message}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Tells one state of a file at a path from another, and is cheap. A replaced file has another inode, a
 * changed one another time of change, which nobody can set.
 */
export function stampOf(path: string): string {
  try {
    const { dev, ino, size, mode, uid, gid, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mode, uid, gid, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

/** Whether a file that is held on to is as it was when it was judged, but for its names. */
export function isUnchanged(descriptor: number, stamp: string): boolean {
  const [, , size, mode, uid, gid, mtime] = stamp.split(' ');
  const now = fstatSync(descriptor, { bigint: true });
  return (
    [now.size, now.mode, now.uid, now.gid, now.mtimeNs].join(' ') === [size, mode, uid, gid, mtime].join(' ')
  );
}

async function describe(
  path: string,
  descriptor: number,
  programs: ProgramFiles,
  wantsHash: boolean,
): Promise<ProgramAtPath> {
  const name = printableText(path);
  const known = identityOfOpen(descriptor);
  if (known === undefined) return { state: 'refused', reason: `${name}: its file system is not known` };
  if (known.mayNotAnswer)
    return {
      state: 'refused',
      reason: `${name} lies on ${known.mount.type}: whoever serves that decides what it is`,
    };
  // The folders were looked at by name, the file is the one that is held: it is looked at again.
  const stats = fstatSync(descriptor);
  const fault = stats.isFile() ? faultOf(stats) : 'is no file';
  if (fault !== undefined) return { state: 'refused', reason: `${name} ${fault}` };
  const hash = wantsHash
    ? await programs.describe({ descriptor, mountTables: [], close: () => {} })
    : undefined;
  return {
    state: 'trusted',
    realPath: readlinkSync(`/proc/self/fd/${descriptor}`),
    identity: known.identity,
    stamp: stampOf(`/proc/self/fd/${descriptor}`),
    descriptor,
    ...(hash?.sha256 !== undefined && { sha256: hash.sha256 }),
    ...(hash?.notHashed !== undefined && { notHashed: hash.notHashed }),
  };
}
