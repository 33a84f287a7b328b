import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, link, lstat, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskTime, type TrapTimes } from './ages.js';
import { syncFolder } from './durable-file.js';
import { codeOf, explaining, unless } from './errors.js';
import type { TrapEntry } from './registry.js';

/** What stands at the path of a trap: the trap, nothing, or something else for the reason given. */
export type Finding =
  | { readonly is: 'ours'; readonly device: string }
  | { readonly is: 'gone' }
  | { readonly is: 'other'; readonly reason: string };

/** SHA-256 in hexadecimal. */
export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Looks whether the file is still the one that was planted: same inode, same content. The device
 * number is not compared but returned: LVM, btrfs and others number devices anew at each boot, and
 * nobody can guess the secrets in the content.
 * @throws PlantingFailed
 */
export async function examine(entry: TrapEntry): Promise<Finding> {
  const found = await explaining(entry.path, () => presence(entry.path));
  if (!found) return { is: 'gone' };
  if (!found.isFile()) return { is: 'other', reason: describe(found) };
  if (String(found.ino) !== entry.inode) return { is: 'other', reason: 'another file has taken its place' };
  const changed = { is: 'other', reason: 'its content was changed after planting' } as const;
  if (found.size !== BigInt(entry.size)) return changed;
  const content = await explaining(entry.path, () => contentOf(entry.path, found));
  return content && sha256(content) === entry.sha256 ? { is: 'ours', device: String(found.dev) } : changed;
}

/**
 * Why nothing can be planted at `path`; undefined when nothing is there.
 * @throws PlantingFailed
 */
export async function occupant(path: string): Promise<string | undefined> {
  const found = await explaining(path, () => presence(path));
  return found && describe(found);
}

/**
 * Writes a new file at a temporary name with its final mode and times; durable when it resolves.
 * @throws PlantingFailed
 */
export async function stage(
  temporary: string,
  content: Uint8Array,
  mode: number,
  times: TrapTimes,
): Promise<{ device: string; inode: string }> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return explaining(dirname(temporary), async () => {
    const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      return await fill(handle, content, mode, times);
    } finally {
      await handle.close();
    }
  });
}

/**
 * Gives a staged file its name; false when the name was taken in the meantime. Never overwrites.
 * @throws PlantingFailed
 */
export async function publish(temporary: string, path: string): Promise<boolean> {
  return explaining(path, async () => {
    const taken = await link(temporary, path).then(
      () => false,
      (error: unknown) => {
        if (codeOf(error) === 'EEXIST') return true;
        throw error;
      },
    );
    await unlink(temporary);
    await syncFolder(dirname(path));
    return !taken;
  });
}

/**
 * Removes a temporary file that an interrupted planting left; none is no error.
 * @throws PlantingFailed
 */
export async function discard(temporary: string): Promise<void> {
  await explaining(temporary, async () => {
    const found = await presence(temporary);
    if (found?.isFile()) await unlink(temporary);
  });
}

async function presence(path: string): Promise<BigIntStats | undefined> {
  return unless('ENOTDIR', () => unless('ENOENT', () => lstat(path, { bigint: true })));
}

function describe(found: BigIntStats): string {
  if (found.isSymbolicLink()) return 'a symbolic link is there';
  if (found.isDirectory()) return 'a folder is there';
  return found.isFile() ? 'a file that is not ours is there' : 'something that is not a file is there';
}

async function fill(handle: FileHandle, content: Uint8Array, mode: number, times: TrapTimes) {
  await handle.writeFile(content);
  await handle.chmod(mode);
  const modified = diskTime(times.modifiedAt);
  await handle.utimes(Math.max(modified, diskTime(times.accessedAt)), modified);
  await handle.sync();
  const { dev, ino } = await handle.stat({ bigint: true });
  return { device: String(dev), inode: String(ino) };
}

async function contentOf(path: string, expected: BigIntStats): Promise<Uint8Array | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NOATIME, O_NONBLOCK } = constants;
  // Node opens everything O_CLOEXEC. The access time is part of the disguise.
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_NONBLOCK);
  try {
    const { dev, ino } = await handle.stat({ bigint: true });
    return dev === expected.dev && ino === expected.ino ? await handle.readFile() : undefined;
  } finally {
    await handle.close();
  }
}
