import { lstat, rmdir, utimes } from 'node:fs/promises';
import { sep } from 'node:path';
import { diskTime } from './ages.js';
import { explained, unless } from './errors.js';
import type { TrapEntry } from './registry.js';
import type { FolderRecord } from './safe-folder.js';
import { type LeftAlone, leftAlone } from './survey.js';

/** Those of the recorded folders that still are the ones that were made. */
export async function stillThere(folders: readonly FolderRecord[]): Promise<FolderRecord[]> {
  const there: FolderRecord[] = [];
  for (const folder of folders) {
    const found = await unless('ENOTDIR', () => unless('ENOENT', () => lstat(folder.path, { bigint: true })));
    if (found?.isDirectory() && String(found.ino) === folder.inode) there.push(folder);
  }
  return there;
}

/** Gives each folder the time of its youngest trap: a fresh folder of old files looks staged. */
export async function ageFolders(
  folders: readonly FolderRecord[],
  traps: readonly TrapEntry[],
): Promise<void> {
  for (const { path } of folders) {
    const inside = traps.filter((trap) => trap.path.startsWith(path + sep));
    if (inside.length === 0) continue;
    const youngest = diskTime(new Date(Math.max(...inside.map((trap) => Date.parse(trap.mtime)))));
    await utimes(path, youngest, youngest);
  }
}

/** Removes the folders that are empty, inner ones first; returns those that stay, with the reason. */
export async function removeFolders(
  folders: readonly FolderRecord[],
): Promise<{ staying: FolderRecord[]; left: LeftAlone[] }> {
  const staying: FolderRecord[] = [];
  const left: LeftAlone[] = [];
  for (const folder of (await stillThere(folders)).reverse()) {
    try {
      await rmdir(folder.path);
    } catch (error) {
      staying.unshift(folder);
      left.push(leftAlone(folder.path, reasonOf(explained(error, folder.path))));
    }
  }
  return { staying, left };
}

/** The message of an error, for a report. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
