import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { diskTime, type TrapTimes, wholeSecond } from './ages.js';
import { explaining, PlantingRefused, unless } from './errors.js';
import type { TrapEntry } from './registry.js';
import { setTimes } from './system-calls.js';
import { TrapFolder } from './trap-folder.js';

/** What stands at the path of a trap: the trap, nothing, or something else for the reason given. */
export type Finding =
  | { readonly is: 'ours'; readonly device: string }
  | { readonly is: 'gone' }
  | { readonly is: 'other'; readonly reason: string };

/** What a trap looks like to stat(2). */
export interface Looks {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
  readonly times: TrapTimes;
  /** Its times have no fraction of a second. */
  readonly wholeSeconds: boolean;
}

export interface Identity {
  readonly device: string;
  readonly inode: string;
}

/** SHA-256 in hexadecimal. */
export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Looks whether the file is still the one that was planted: same inode, same content. The device
 * number is not compared but returned: LVM, btrfs and others number devices anew at each boot, and
 * nobody can guess the secrets in the content. `name` is that of the path when absent.
 * @throws PlantingFailed
 */
export async function examine(
  folder: TrapFolder,
  entry: TrapEntry,
  name = basename(entry.path),
): Promise<Finding> {
  return explaining(entry.path, async () => {
    const at = folder.at(name);
    const found = await presence(at);
    if (!found) return { is: 'gone' };
    if (!found.isFile()) return { is: 'other', reason: describe(found) };
    if (String(found.ino) !== entry.inode) return { is: 'other', reason: 'another file has taken its place' };
    const changed = { is: 'other', reason: 'its content was changed after planting' } as const;
    if (found.size !== BigInt(entry.size)) return changed;
    const content = await contentOf(at, found);
    return content && sha256(content) === entry.sha256 ? { is: 'ours', device: String(found.dev) } : changed;
  });
}

/**
 * Why nothing can be planted under this name; undefined when nothing is there.
 * @throws PlantingFailed
 */
export async function occupant(folder: TrapFolder, name: string): Promise<string | undefined> {
  const found = await explaining(`${folder.path}/${name}`, () => presence(folder.at(name)));
  return found && describe(found);
}

/**
 * Writes a new file under a temporary name as it is to look. Its content is durable when it resolves, or one of
 * `many` after `syncFileSystem`.
 * @throws PlantingFailed
 */
export async function stage(
  folder: TrapFolder,
  temporary: string,
  content: Uint8Array,
  looks: Looks,
  many = false,
): Promise<Identity> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return explaining(folder.path, async () => {
    const handle = await open(folder.at(temporary), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      const identity = await fill(handle, content, looks);
      if (!many) await handle.sync();
      return identity;
    } finally {
      await handle.close();
    }
  });
}

/** The inode under a name; undefined when nothing is there. */
export async function inodeAt(folder: TrapFolder, name: string): Promise<string | undefined> {
  const found = await presence(folder.at(name));
  return found && String(found.ino);
}

/**
 * Removes temporary files that an interrupted planting left; none is no error.
 * @throws PlantingFailed
 */
export async function discardAll(temporaries: readonly string[]): Promise<void> {
  const byFolder = new Map<string, string[]>();
  for (const path of temporaries) {
    const beside = byFolder.get(dirname(path));
    if (beside === undefined) byFolder.set(dirname(path), [basename(path)]);
    else beside.push(basename(path));
  }
  for (const [path, names] of byFolder) {
    const folder = await openFolder(path);
    try {
      if (folder !== undefined) for (const name of names) await discardIn(folder, name);
    } finally {
      await folder?.close();
    }
  }
}

/**
 * Removes one in a folder that is open; none is no error.
 * @throws PlantingFailed
 */
export async function discardIn(folder: TrapFolder, name: string): Promise<void> {
  await explaining(`${folder.path}/${name}`, async () => {
    const found = await presence(folder.at(name));
    // Where others may write, one may be faster.
    if (found?.isFile()) await unless('ENOENT', () => unlink(folder.at(name)));
  });
}

/**
 * Opens a folder; undefined when no folder is there (any more).
 * @throws PlantingFailed
 */
export async function openFolder(path: string): Promise<TrapFolder | undefined> {
  try {
    return await unless('ENOTDIR', () => unless('ENOENT', () => TrapFolder.open(path)));
  } catch (error) {
    if (error instanceof PlantingRefused) return undefined;
    throw error;
  }
}

async function presence(path: string): Promise<BigIntStats | undefined> {
  return unless('ENOTDIR', () => unless('ENOENT', () => lstat(path, { bigint: true })));
}

function describe(found: BigIntStats): string {
  if (found.isSymbolicLink()) return 'a symbolic link is there';
  if (found.isDirectory()) return 'a folder is there';
  return found.isFile() ? 'a file that is not ours is there' : 'something that is not a file is there';
}

async function fill(handle: FileHandle, content: Uint8Array, looks: Looks): Promise<Identity> {
  await handle.writeFile(content);
  // Only root can give files away; for others everything is their own anyway.
  if (process.geteuid?.() === 0) await handle.chown(looks.uid, looks.gid);
  // After the owner: chown(2) clears bits.
  await handle.chmod(looks.mode);
  const onDisk = looks.wholeSeconds ? wholeSecond : diskTime;
  const modified = onDisk(looks.times.modifiedAt);
  const accessed = onDisk(looks.times.accessedAt);
  setTimes(handle.fd, accessed > modified ? accessed : modified, modified);
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
