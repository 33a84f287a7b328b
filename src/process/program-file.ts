import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ProgramFile } from '../core/actor-details.js';
import type { ProcReader, Seat } from './proc-reader.js';
import { RecentCache } from './recent-cache.js';
import { isServedElsewhere, type MountTable } from './served-elsewhere.js';

/** open(2): a descriptor that only stands for the file; its file system is not asked for anything. */
export const O_PATH = 0o10_000_000;

/** A program of this size in bytes takes a good tenth of a second. */
const mostHashed = 192 * 1024 * 1024;

const chunkBytes = 256 * 1024;

/**
 * Whether a process runs the file that the kernel saw. Told by the inode number: the device number of
 * the kernel and of stat(2) differ on btrfs. True also where it cannot be told, before Linux 5.14.
 */
export function isSameFile(reader: ProcReader, seat: Seat, { inode }: { readonly inode: bigint }): boolean {
  try {
    const file = openSync(reader.path(seat, 'exe'), O_PATH);
    try {
      const found = /^ino:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'latin1'))?.[1];
      return found === undefined || BigInt(found) === inode;
    } finally {
      closeSync(file);
    }
  } catch {
    return true;
  }
}

/** Hashes programs by `/proc/PID/exe`, which is the file that runs, whatever has its path by now. */
export class ProgramFiles {
  readonly #hashes = new RecentCache<Promise<string>>({
    maxEntries: 256,
    // A failure is remembered as well, and shall not be for ever.
    maxAgeMs: 600_000,
    nowMs: () => performance.now(),
  });

  /** Holds on to the program of a process at once; undefined where there is none. To be closed. */
  pin(reader: ProcReader, seat: Seat): PinnedProgram | undefined {
    try {
      const descriptor = openSync(reader.path(seat, 'exe'), O_PATH);
      const mounts = openIfThere(reader.path(seat, 'mountinfo'));
      return {
        descriptor,
        mountTables: mounts === undefined ? [] : [mounts],
        close: () => {
          closeSync(descriptor);
          if (mounts !== undefined) closeSync(mounts);
        },
      };
    } catch {
      return undefined;
    }
  }

  /** Undefined for a file that is better not asked for anything. */
  async describe({ descriptor, mountTables }: PinnedProgram): Promise<ProgramFile | undefined> {
    const tables = [...mountTables, '/proc/self/mountinfo'];
    // Of an unknown mount, such as one that was detached, nobody knows who serves it.
    if ((await isServedElsewhere(descriptor, tables)) !== false) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
    const facts = { device: dev, inode: ino, size: Number(size) };
    if (facts.size > mostHashed) return { ...facts, notHashed: `larger than ${mostHashed} bytes` };
    try {
      const key = `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
      const sha256 = await this.#hashes.get(key, () => hashOf(`/proc/self/fd/${descriptor}`));
      return { ...facts, sha256 };
    } catch (error) {
      return { ...facts, notHashed: (error as NodeJS.ErrnoException).code ?? 'unreadable' };
    }
  }
}

/** A program that is held on to, without that its file system was asked for anything. */
export interface PinnedProgram {
  readonly descriptor: number;
  /** The mounts that its process sees: an open table is there when the process has ended. */
  readonly mountTables: readonly MountTable[];
  close(): void;
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (let read = 0; read <= mostHashed; ) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      read += bytesRead;
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
