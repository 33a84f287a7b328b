import { unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Trap } from '../core/trap.js';
import { explaining, reasonOf } from './errors.js';
import { removeFolders, removeUnrecorded } from './made-folders.js';
import { type RegistryFile, type TrapEntry, withoutOldest } from './registry.js';
import { requireSafeFolder } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
import { setTimes } from './system-calls.js';
import { discard, examine, inodeAt, openFolder } from './trap-file.js';
import type { TrapFolder } from './trap-folder.js';

export interface UnplantResult {
  readonly removed: readonly Trap[];
  /** Files that are no longer as planted, folders that are not empty, and what could not be removed. */
  readonly left: readonly LeftAlone[];
}

type Outcome = 'removed' | 'gone' | { readonly left: string; readonly tryAgain: boolean };

/**
 * Removes every trap that still is as it was planted, and the folders made for them. What cannot be
 * removed stays in the registry, so that it can be tried again. Of the others, gone or changed, the secrets
 * and logins stay known: they may turn up somewhere. The persona stays.
 * @throws PlantingRefused (unsafe state folder), PlantingFailed, RegistryCorrupt
 */
export async function unplant(
  registryFile: RegistryFile,
  sealed: SealedCopies,
  now: Date,
): Promise<UnplantResult> {
  const known = await registryFile.read();
  if (!known) return { removed: [], left: [] };
  const { comingFolders = [], ...registry } = known;
  await sealed.prepare();
  for (const temporary of registry.temporaries) await discard(temporary);
  await removeUnrecorded(comingFolders);
  const removed: Trap[] = [];
  const left: LeftAlone[] = [];
  const staying = new Set<string>();
  for (const entry of registry.traps.filter((trap) => trap.retiredAt === undefined)) {
    const outcome = await remove(entry);
    if (outcome === 'removed') removed.push(trapOf(entry));
    if (typeof outcome === 'string') continue;
    left.push(leftAlone(entry.path, outcome.left));
    if (outcome.tryAgain) staying.add(entry.id);
  }
  const folders = await removeFolders(registry.folders);
  const retiredAt = now.toISOString();
  const traps = registry.traps.map((entry) => (staying.has(entry.id) ? entry : { retiredAt, ...entry }));
  await registryFile.write({
    ...registry,
    folders: folders.staying,
    temporaries: [],
    traps: withoutOldest(traps),
  });
  await sealed.keepOnly(staying);
  return { removed, left: [...left, ...folders.left] };
}

async function remove(entry: TrapEntry): Promise<Outcome> {
  const path = dirname(entry.path);
  const name = basename(entry.path);
  let folder: TrapFolder | undefined;
  try {
    // Where nobody else may write nobody can put another file there between the look and the removal.
    if (entry.place === undefined && (await openFolder(path).then(closed)))
      await requireSafeFolder(path, path);
    folder = await openFolder(path);
    if (folder === undefined) return 'gone';
    const finding = await examine(folder, entry);
    if (finding.is === 'gone') return 'gone';
    if (finding.is === 'other') return { left: finding.reason, tryAgain: false };
    const { accessedNs, modifiedNs } = await timesOf(folder);
    // Of the others' own folders the owner loses, at the worst, what they put under this name just now.
    if ((await inodeAt(folder, name)) !== entry.inode)
      return { left: 'another file has taken its place', tryAgain: false };
    await explaining(entry.path, () => unlink((folder as TrapFolder).at(name)));
    await folder.sync();
    if (entry.place === 'open') setTimes(folder.handle.fd, accessedNs, modifiedNs);
    return 'removed';
  } catch (error) {
    return { left: reasonOf(error), tryAgain: true };
  } finally {
    await folder?.close();
  }
}

async function closed(folder: TrapFolder | undefined): Promise<boolean> {
  await folder?.close();
  return folder !== undefined;
}

async function timesOf(folder: TrapFolder) {
  const { atimeNs, mtimeNs } = await folder.handle.stat({ bigint: true });
  return { accessedNs: atimeNs, modifiedNs: mtimeNs };
}
