import type { FileHandle } from 'node:fs/promises';
import { printableText } from '../core/printable.js';
import type { Bringing, NearTraps, Progress } from './bringing.js';
import { inParallel } from './in-parallel.js';
import { type Published, publish } from './publishing.js';
import type { TrapEntry } from './registry.js';
import { settleFolders, withoutIdle } from './settle-folders.js';
import { type Staged, stageAll } from './stage-all.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
import { isMany, syncAll } from './sync-many.js';
import type { TrapFolder } from './trap-folder.js';

const atOnce = 16;

/** Three writes of the registry for any number of traps: names to come, traps to come, traps there. */
export async function bringOut(
  options: Bringing,
  progress: Progress,
  near: NearTraps,
): Promise<{ lost: LeftAlone[]; replaced: TrapEntry[] }> {
  const { registryFile, sealed } = options;
  const { registry, groups, published, folders } = progress;
  const lost: LeftAlone[] = [];
  await registryFile.write(registry);
  if (groups.length === 0) return { lost, replaced: [] };
  const staged = await stageAll(options, progress, near, lost);
  const many = isMany(groups.length);
  if (many) await syncAll(staged.map(({ folder }) => folder));
  await sealed.sync(many);
  const coming = staged.flatMap(({ entries }) => entries);
  await registryFile.write({ ...registry, traps: [...registry.traps, ...coming] });
  await announce(options, staged);
  const held: FileHandle[] = [];
  const replaced: TrapEntry[] = [];
  try {
    const outcomes = await publishAll(staged, published, held);
    for (const [{ group }, { failure, replaced: gone }] of outcomes) {
      if (failure !== undefined) lost.push(leftAlone(group.target.path, failure));
      replaced.push(...gone.map(({ entry }) => entry));
    }
    const kept = lost.length > 0 ? await withoutIdle(registry, folders, published) : registry.folders;
    await settleFolders(folders, { ...registry, folders: [...kept] }, published);
    const retired = new Set(replaced.map(({ id }) => id));
    const retiredAt = options.now.toISOString();
    progress.registry = {
      ...registry,
      folders: [...kept],
      traps: registry.traps.map((entry) => (retired.has(entry.id) ? { ...entry, retiredAt } : entry)),
    };
    const traps = [...progress.registry.traps, ...published];
    await registryFile.write({ ...progress.registry, temporaries: [], traps });
    if (lost.length > 0) await sealed.keepOnly(new Set(traps.map(({ id }) => id)));
    await options.watch?.left(replaced.map(trapOf));
  } finally {
    for (const handle of held) await handle.close();
  }
  return { lost, replaced };
}

/** What became of each, in their order. Those that have their names are in `published`, also when it throws. */
async function publishAll(
  staged: readonly Staged[],
  published: TrapEntry[],
  held: FileHandle[],
): Promise<(readonly [Staged, Published])[]> {
  const outcomes = new Map<Staged, Published>();
  const inPlace = new Map<TrapFolder, Promise<boolean>>();
  try {
    await inParallel(staged, atOnce, async (one) => {
      const { group, folder, entries } = one;
      // Where nobody else may write, the folder stays where it is while its traps appear.
      const known = (!group.target.isOpen && inPlace.get(folder)) || folder.isInPlace();
      inPlace.set(folder, known);
      const inodes = new Map(entries.map(({ id, inode }) => [id, inode]));
      const outcome = await publish(group, folder, inodes, await known);
      for (const { held: handle } of outcome.replaced) if (handle !== undefined) held.push(handle);
      outcomes.set(one, outcome);
    });
  } finally {
    for (const one of staged)
      if (outcomes.has(one) && outcomes.get(one)?.failure === undefined) published.push(...one.entries);
  }
  return staged.map((one) => [one, outcomes.get(one) as Published]);
}

async function announce({ watch }: Bringing, staged: readonly Staged[]): Promise<void> {
  const temporaries = new Map<string, string>();
  for (const { group } of staged)
    for (const { id, temporary } of group.members)
      temporaries.set(id, printableText(`${group.folder}/${temporary}`));
  const leaving = staged.flatMap(({ group }) => [...group.target.replaces.values()]);
  await watch?.placing(
    staged.flatMap(({ entries }) => entries.map(trapOf)),
    ({ id, path }) => temporaries.get(id) ?? path,
    leaving.map(trapOf),
  );
}
