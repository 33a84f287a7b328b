import { lstat, rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { explained, reasonOf, unless } from './errors.js';
import type { TrapEntry } from './registry.js';
import type { FolderRecord } from './safe-folder.js';
import { type LeftAlone, leftAlone } from './survey.js';
import { setTimes } from './system-calls.js';
import { openFolder } from './trap-file.js';

/** Those of the recorded folders that still are the ones that were made. */
export async function stillThere(folders: readonly FolderRecord[]): Promise<FolderRecord[]> {
  const there: FolderRecord[] = [];
  for (const folder of folders) {
    const found = await unless('ENOTDIR', () => unless('ENOENT', () => lstat(folder.path, { bigint: true })));
    if (found?.isDirectory() && String(found.ino) === folder.inode) there.push(folder);
  }
  return there;
}

/** The levels of these folders that are missing, outer ones first. */
export async function missingLevels(folders: readonly string[]): Promise<string[]> {
  const isKnown = new Map<string, boolean>();
  const isThere = async (path: string) => {
    // What cannot be looked at is not made either.
    const found = await unless('ENOENT', () => lstat(path)).catch(() => true);
    isKnown.set(path, found !== undefined);
    return found !== undefined;
  };
  const missing: string[] = [];
  for (const folder of new Set(folders)) {
    const levels: string[] = [];
    let level = folder;
    while (!isKnown.has(level) && !(await isThere(level))) {
      levels.unshift(level);
      level = dirname(level);
    }
    missing.push(...levels);
  }
  return missing;
}

/** Removes those that are empty of the folders that a planting made before it died. */
export async function removeUnrecorded(paths: readonly string[]): Promise<void> {
  const records: FolderRecord[] = [];
  for (const path of paths) {
    const found = await lstat(path, { bigint: true }).catch(() => undefined);
    if (found?.isDirectory()) records.push({ path, inode: String(found.ino) });
  }
  await removeFolders(records);
}

/** By folder the time of the youngest trap below it: a fresh folder of old files looks staged. */
export function youngestBelow(traps: readonly TrapEntry[]): ReadonlyMap<string, Date> {
  const youngest = new Map<string, Date>();
  for (const { path, mtime } of traps) {
    const modifiedAt = new Date(mtime);
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      const known = youngest.get(folder);
      if (known === undefined || known < modifiedAt) youngest.set(folder, modifiedAt);
    }
  }
  return youngest;
}

/**
 * Removes the folders that are empty, inner ones first; returns those that stay, with the reason. The times
 * of the folder above stay as they were.
 */
export async function removeFolders(
  folders: readonly FolderRecord[],
): Promise<{ staying: FolderRecord[]; left: LeftAlone[] }> {
  const staying: FolderRecord[] = [];
  const left: LeftAlone[] = [];
  for (const folder of (await stillThere(folders)).reverse()) {
    try {
      // Through its parent, held open: above it somebody may put a link to elsewhere.
      const parent = await openFolder(dirname(folder.path));
      if (parent === undefined) continue;
      const { atimeNs, mtimeNs } = await parent.handle.stat({ bigint: true });
      try {
        await rmdir(parent.at(basename(folder.path)));
        setTimes(parent.handle.fd, atimeNs, mtimeNs);
      } finally {
        await parent.close();
      }
    } catch (error) {
      staying.unshift(folder);
      left.push(leftAlone(folder.path, reasonOf(explained(error, folder.path))));
    }
  }
  return { staying, left };
}
