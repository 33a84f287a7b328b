import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { fromPrintable } from '../core/printable.js';

/** A file, under whatever name it is opened. */
export interface FileIdentity {
  /** The path it is known by, as latin1 text of its bytes. */
  readonly path: string;
  readonly inode: bigint;
  /** `MAJOR:MINOR`, as mountinfo writes it. */
  readonly device: string;
}

/** Identity of the file at a printable path; undefined when there is none. */
export async function fileIdentity(printablePath: string): Promise<FileIdentity | undefined> {
  const path = Buffer.from(fromPrintable(printablePath));
  try {
    const facts = await lstat(path, { bigint: true });
    return { path: path.toString('latin1'), inode: facts.ino, device: deviceName(facts) };
  } catch {
    return undefined;
  }
}

// The C library's makedev(3): each number lies on both sides of the other.
function deviceName({ dev }: BigIntStats): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xffff_f000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffff_ff00n);
  return `${major}:${minor}`;
}
