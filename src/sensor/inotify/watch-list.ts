import { type BigIntStats, lstatSync } from 'node:fs';
import { fromPrintable } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import type { FileState } from './event-ops.js';

/** A trap's file that is watched. */
export interface WatchedTrap {
  readonly trap: Trap;
  /** As it was at the last look. */
  state: FileState;
  /** It was renamed: what is at its path is no longer it. */
  moved: boolean;
  /** It was removed, and that was told. */
  removed: boolean;
}

/** What is watched. Paths are latin1 text of their bytes. */
export interface WatchList {
  readonly files: ReadonlyMap<string, WatchedTrap>;
  /** Folders that hold traps (ending with `/`), each with the trap that stands for it. */
  readonly folders: ReadonlyMap<string, Trap>;
  /** Traps that are not there, or no regular file any more. */
  readonly missing: readonly Trap[];
}

/** Looks which of the traps can be watched: inotifywait gives up at the first that cannot. */
export function watchListOf(traps: readonly Trap[]): WatchList {
  const files = new Map<string, WatchedTrap>();
  const folders = new Map<string, Trap>();
  const missing: Trap[] = [];
  for (const trap of traps) {
    const path = Buffer.from(fromPrintable(trap.path)).toString('latin1');
    const state = fileState(path);
    if (state === undefined) {
      missing.push(trap);
      continue;
    }
    files.set(path, { trap, state, moved: false, removed: false });
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (!folders.has(folder)) folders.set(folder, trap);
  }
  return { files, folders, missing };
}

/** State of the regular file at a path given as latin1 text. */
export function fileState(path: string): FileState | undefined {
  try {
    const facts: BigIntStats = lstatSync(Buffer.from(path, 'latin1'), { bigint: true });
    return facts.isFile() ? { inode: facts.ino, links: facts.nlink } : undefined;
  } catch {
    return undefined;
  }
}
