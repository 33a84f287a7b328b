import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Trap } from '../core/trap.js';
import { syncFolder } from './durable-file.js';
import { explaining } from './errors.js';
import { reasonOf, removeFolders } from './made-folders.js';
import type { RegistryFile, TrapEntry } from './registry.js';
import { requireSafeFolder } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
import { discard, examine } from './trap-file.js';

export interface UnplantResult {
  readonly removed: readonly Trap[];
  /** Files that are no longer as planted, folders that are not empty, and what could not be removed. */
  readonly left: readonly LeftAlone[];
}

type Outcome = 'removed' | 'gone' | { readonly left: string; readonly tryAgain: boolean };

/**
 * Removes every trap that still is as it was planted, and the folders made for them. What cannot be
 * removed stays in the registry, so that it can be tried again; what is no longer ours is forgotten.
 * The persona stays.
 * @throws PlantingRefused (unsafe state folder), PlantingFailed, RegistryCorrupt
 */
export async function unplant(registryFile: RegistryFile, sealed: SealedCopies): Promise<UnplantResult> {
  const registry = await registryFile.read();
  if (!registry) return { removed: [], left: [] };
  await sealed.prepare();
  for (const temporary of registry.temporaries) await discard(temporary);
  const removed: Trap[] = [];
  const left: LeftAlone[] = [];
  const staying: TrapEntry[] = [];
  for (const entry of registry.traps.filter((trap) => trap.retiredAt === undefined)) {
    const outcome = await remove(entry);
    if (outcome === 'removed') removed.push(trapOf(entry));
    if (typeof outcome === 'string') continue;
    left.push(leftAlone(entry.path, outcome.left));
    if (outcome.tryAgain) staying.push(entry);
  }
  const folders = await removeFolders(registry.folders);
  await registryFile.write({ ...registry, folders: folders.staying, temporaries: [], traps: staying });
  await sealed.keepOnly(new Set(staying.map((trap) => trap.id)));
  return { removed, left: [...left, ...folders.left] };
}

async function remove(entry: TrapEntry): Promise<Outcome> {
  const folder = dirname(entry.path);
  try {
    const finding = await examine(entry);
    if (finding.is === 'gone') return 'gone';
    if (finding.is === 'other') return { left: finding.reason, tryAgain: false };
    // Only in a safe folder nobody can put another file there between the look and the removal.
    await requireSafeFolder(folder, folder);
    await explaining(entry.path, () => unlink(entry.path));
    await syncFolder(folder);
    return 'removed';
  } catch (error) {
    return { left: reasonOf(error), tryAgain: true };
  }
}
