import { lstat, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { explaining, PlantingRefused } from './errors.js';
import type { FolderRecord } from './safe-folder.js';
import { setTimes } from './system-calls.js';
import { openFolder } from './trap-file.js';
import { TrapFolder } from './trap-folder.js';

/** Folders that their programs keep to their owner. */
const privateNames = new Set(['.ssh', '.gnupg', '.aws', '.kube', '.docker', '.azure', '.password-store']);

/**
 * Makes the missing levels of a folder in a place that others may change, each belonging to whom the
 * level above belongs to, and opens it. Pushed to `made` one by one.
 * @throws PlantingRefused, PlantingFailed
 */
export async function makeOpenFolder(path: string, made: FolderRecord[]): Promise<TrapFolder> {
  const there = await openFolder(path);
  if (there !== undefined) return there;
  const above = dirname(path);
  // What is there and is no folder, or a link, is refused with its name.
  if (above === path) return TrapFolder.open(path);
  const parent = await makeOpenFolder(above, made);
  try {
    return await makeIn(parent, path, made);
  } finally {
    await parent.close();
  }
}

async function makeIn(parent: TrapFolder, path: string, made: FolderRecord[]): Promise<TrapFolder> {
  const name = basename(path);
  const found = await lstat(parent.at(name)).catch(() => undefined);
  if (found !== undefined) return TrapFolder.open(path);
  const { uid, gid, mode, mtimeNs, atimeNs } = await parent.handle.stat({ bigint: true });
  const before = BigInt(Date.now() - 1000) * 1_000_000n;
  await explaining(path, () => mkdir(parent.at(name), 0o700));
  const folder = await TrapFolder.open(path);
  try {
    await requireOurs(folder, before);
    const { ino } = await folder.handle.stat({ bigint: true });
    made.push({ path, inode: String(ino) });
    if (process.geteuid?.() === 0) await folder.handle.chown(Number(uid), Number(gid));
    await folder.handle.chmod(privateNames.has(name) ? 0o700 : Number(mode) & 0o777);
    setTimes(parent.handle.fd, atimeNs, mtimeNs);
    return folder;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/**
 * Whoever owns the level above may have moved another folder of root's in the place of the new one, and
 * would be given it: so it must be empty, and born just now, which nobody can make up.
 */
async function requireOurs(folder: TrapFolder, beforeNs: bigint): Promise<void> {
  const { uid, birthtimeNs } = await folder.handle.stat({ bigint: true });
  const isNew = birthtimeNs === 0n || birthtimeNs >= beforeNs;
  const isEmpty = (await readdir(folder.at('.'))).length === 0;
  if (Number(uid) === (process.geteuid?.() ?? 0) && isNew && isEmpty) return;
  throw new PlantingRefused(`${folder.path} was swapped while it was made; nothing is planted there`);
}
