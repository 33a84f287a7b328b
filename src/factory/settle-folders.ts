import { dirname } from 'node:path';
import { diskTime } from './ages.js';
import { codeOf } from './errors.js';
import type { FolderPool } from './folder-pool.js';
import { removeFolders, youngestBelow } from './made-folders.js';
import type { Registry, TrapEntry } from './registry.js';
import type { FolderRecord } from './safe-folder.js';
import { isMany, syncAll } from './sync-many.js';
import { setTimes } from './system-calls.js';
import type { TrapFolder } from './trap-folder.js';

/** The folders on record but for those that were made just now and got no trap; these are removed. */
export async function withoutIdle(
  registry: Registry,
  { made }: FolderPool,
  published: readonly TrapEntry[],
): Promise<readonly FolderRecord[]> {
  const used = youngestBelow(published);
  const idle = new Set(made.filter(({ path }) => !used.has(path)));
  const { staying } = await removeFolders([...idle]);
  for (const folder of staying) idle.delete(folder);
  return registry.folders.filter((folder) => !idle.has(folder));
}

/**
 * Makes names durable, once for each folder. A folder that was made gets the time of its youngest trap;
 * of others a change of their own time would tell that something is new.
 */
export async function settleFolders(
  folders: FolderPool,
  registry: Registry,
  published: readonly TrapEntry[],
): Promise<void> {
  const made = new Set(registry.folders.map(({ path }) => path));
  const traps = [...registry.traps.filter(({ retiredAt }) => !retiredAt), ...published];
  const youngest = youngestBelow(traps);
  const gained = new Set(published.map(({ path }) => dirname(path)));
  const changed = await folders.changed();
  const synced = changed.filter(({ path }) => gained.has(path));
  if (isMany(synced.length)) await syncAll(synced);
  else for (const folder of synced) await folder.sync();
  for (const folder of changed) {
    const before = folders.timesBefore(folder);
    if (!made.has(folder.path) && before) {
      bear(folder, before.accessedNs, before.modifiedNs);
    }
  }
  for (const path of made) {
    const time = youngest.get(path);
    const folder = time && (await folders.existing(path).catch(() => undefined));
    if (time === undefined || folder === undefined) continue;
    const onDisk = diskTime(time);
    bear(folder, onDisk, onDisk);
  }
}

/** Its times are no reason to give up a trap: where they cannot be set nothing was written either. */
function bear(folder: TrapFolder, accessedNs: bigint, modifiedNs: bigint): void {
  try {
    setTimes(folder.handle.fd, accessedNs, modifiedNs);
  } catch (error) {
    if (codeOf(error) === 'UNKNOWN') throw error;
  }
}
