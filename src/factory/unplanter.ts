import { unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Trap } from '../core/trap.js';
import { explaining, reasonOf } from './errors.js';
import { inParallel } from './in-parallel.js';
import { removeFolders, removeUnrecorded } from './made-folders.js';
import { type RegistryFile, type TrapEntry, withoutOldest } from './registry.js';
import { requireSafeFolder } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
import { setTimes } from './system-calls.js';
import { discardAll, examine, inodeAt, openFolder } from './trap-file.js';
import type { TrapFolder } from './trap-folder.js';

export interface UnplantResult {
  readonly removed: readonly Trap[];
  /** Files that are no longer as planted, folders that are not empty, and what could not be removed. */
  readonly left: readonly LeftAlone[];
}

const foldersAtOnce = 4;
const trapsAtOnce = 8;

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
  await discardAll(registry.temporaries);
  await removeUnrecorded(comingFolders);
  const removed: Trap[] = [];
  const left: LeftAlone[] = [];
  const staying = new Set<string>();
  const present = registry.traps.filter((trap) => trap.retiredAt === undefined);
  const outcomes = await removeAll(present);
  for (const entry of present) {
    const outcome = outcomes.get(entry) as Outcome;
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

/** Each folder is opened once, and made durable once, however many traps lie in it. */
async function removeAll(entries: readonly TrapEntry[]): Promise<Map<TrapEntry, Outcome>> {
  const outcomes = new Map<TrapEntry, Outcome>();
  const byFolder = new Map<string, TrapEntry[]>();
  for (const entry of entries) {
    const beside = byFolder.get(dirname(entry.path));
    if (beside === undefined) byFolder.set(dirname(entry.path), [entry]);
    else beside.push(entry);
  }
  await inParallel([...byFolder], foldersAtOnce, async ([path, traps]) => {
    try {
      const folder = await openFolder(path);
      if (folder === undefined) for (const entry of traps) outcomes.set(entry, 'gone');
      else await removeIn(folder, traps, outcomes).finally(() => folder.close());
    } catch (error) {
      for (const entry of traps) if (isOpenQuestion(outcomes.get(entry))) outcomes.set(entry, notNow(error));
    }
  });
  return outcomes;
}

/** @throws PlantingFailed where the removals may not last */
async function removeIn(
  folder: TrapFolder,
  traps: readonly TrapEntry[],
  outcomes: Map<TrapEntry, Outcome>,
): Promise<void> {
  const { atimeNs, mtimeNs } = await folder.handle.stat({ bigint: true });
  const unsafe = traps.some(isRootOnly) ? await unsafety(folder) : undefined;
  await inParallel(traps, trapsAtOnce, async (entry) => {
    outcomes.set(entry, (isRootOnly(entry) && unsafe) || (await remove(entry, folder).catch(notNow)));
  });
  if (!traps.some((entry) => outcomes.get(entry) === 'removed')) return;
  await explaining(folder.path, () => folder.sync());
  if (!traps.every(isRootOnly)) setTimes(folder.handle.fd, atimeNs, mtimeNs);
}

/** Where nobody else may write nobody can put another file there between the look and the removal. */
async function unsafety(folder: TrapFolder): Promise<Outcome | undefined> {
  try {
    await requireSafeFolder(folder.path, folder.path);
    return (await folder.isInPlace()) ? undefined : notNow(`${folder.path} was moved meanwhile`);
  } catch (error) {
    return notNow(error);
  }
}

async function remove(entry: TrapEntry, folder: TrapFolder): Promise<Outcome> {
  const name = basename(entry.path);
  const finding = await examine(folder, entry);
  if (finding.is === 'gone') return 'gone';
  if (finding.is === 'other') return { left: finding.reason, tryAgain: false };
  // Of the others' own folders the owner loses, at the worst, what they put under this name just now.
  if ((await inodeAt(folder, name)) !== entry.inode)
    return { left: 'another file has taken its place', tryAgain: false };
  await explaining(entry.path, () => unlink(folder.at(name)));
  return 'removed';
}

const isRootOnly = ({ place }: TrapEntry) => place === undefined;
const isOpenQuestion = (outcome: Outcome | undefined) => outcome === undefined || outcome === 'removed';
const notNow = (error: unknown): Outcome => ({ left: reasonOf(error), tryAgain: true });
