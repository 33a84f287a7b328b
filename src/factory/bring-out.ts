import type { FileHandle } from 'node:fs/promises';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Trap } from '../core/trap.js';
import { diskTime } from './ages.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { type Group, isOfThePlace, type Member, makeGroup } from './draft.js';
import { codeOf, reasonOf } from './errors.js';
import type { FolderPool } from './folder-pool.js';
import { inParallel } from './in-parallel.js';
import type { KeyPool } from './key-pool.js';
import { removeFolders, youngestBelow } from './made-folders.js';
import type { Persona } from './persona.js';
import { type Published, publish } from './publishing.js';
import type { Registry, RegistryFile, TrapEntry } from './registry.js';
import type { FolderRecord } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
import { isMany, syncAll } from './sync-many.js';
import { setTimes } from './system-calls.js';
import type { Templates } from './templates.js';
import { discardIn, type Looks, stage } from './trap-file.js';
import type { TrapFolder } from './trap-folder.js';
import type { Neighbour } from './trap-kind.js';

/** What a planting needs to make traps and to remember them. */
export interface Bringing {
  readonly registryFile: RegistryFile;
  readonly sealed: SealedCopies;
  readonly templates: Templates;
  readonly decoy: DecoyAddresses;
  readonly keys: KeyPool;
  readonly now: Date;
  readonly watch?: PlantingWatch | undefined;
}

/** Whoever watches traps is told of a change before and after. */
export interface PlantingWatch {
  /**
   * The files are written and do not have their names yet; `nowAt` says where one lies until then. `leaving`
   * are the traps that some of them take over from, which still are in their place.
   */
  placing(traps: readonly Trap[], nowAt: (trap: Trap) => string, leaving: readonly Trap[]): Promise<void>;
  /** These are gone. Until it resolves no other file has their inodes. */
  left(traps: readonly Trap[]): Promise<void>;
}

/** What a planting has done so far: as much as it takes to undo it. */
export interface Progress {
  registry: Registry;
  readonly persona: Persona;
  readonly folders: FolderPool;
  groups: readonly Group[];
  readonly published: TrapEntry[];
}

/** The traps that a file at this path may lead to. */
type NearTraps = (path: string) => readonly Neighbour[];

interface Staged {
  readonly group: Group;
  readonly folder: TrapFolder;
  readonly entries: readonly TrapEntry[];
}

/** Keys and hashes are made in other threads, writing is waiting for the disk. */
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

/** The folders on record but for those that were made just now and got no trap; these are removed. */
async function withoutIdle(
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

/** Takes back what has no name yet, and the folders; what has its name stays and is known. */
export async function undo({ sealed, registryFile }: Bringing, progress: Progress): Promise<void> {
  const { registry, groups, folders, published } = progress;
  for (const { folder: path, members } of groups) {
    const folder = await folders.existing(path).catch(() => undefined);
    if (folder === undefined) continue;
    for (const { temporary } of members) await discardIn(folder, temporary).catch(() => undefined);
  }
  const { made } = folders;
  const { staying } = await removeFolders(made);
  const removed = new Set(made);
  for (const folder of staying) removed.delete(folder);
  const remaining = [...new Set([...registry.folders, ...staying])].filter((folder) => !removed.has(folder));
  const traps = [...registry.traps, ...published];
  await sealed.keepOnly(new Set(traps.map(({ id }) => id)));
  await registryFile.write({ ...registry, folders: remaining, temporaries: [], traps });
}

/** Those that could not be staged for a reason of their own place are in `lost`. */
async function stageAll(
  options: Bringing,
  progress: Progress,
  near: NearTraps,
  lost: LeftAlone[],
): Promise<Staged[]> {
  const { groups, registry, folders, persona } = progress;
  const ours = new Set(registry.traps.filter(({ retiredAt }) => !retiredAt).map(({ inode }) => inode));
  // Before the first file of ours lies there.
  for (const { target } of groups) {
    const folder = await folders.of(target);
    await folders.rememberTimes(folder);
    await folders.customs(folder, ours);
  }
  const staged = new Map<Group, Staged>();
  const many = isMany(groups.length);
  await inParallel(kindsInTurn(groups), atOnce, async (group) => {
    const folder = await folders.of(group.target);
    const files = await makeGroup(group, { ...options, persona, neighbours: near(group.target.path) });
    const entries: TrapEntry[] = [];
    for (const { member, content, facts } of files) {
      await options.sealed.seal(member.id, content, many);
      try {
        const looks = await looksOf(group, member, folder, folders, ours);
        entries.push({ ...facts, ...(await stage(folder, member.temporary, content, looks, many)) });
      } catch (error) {
        if (!group.target.isOpen || !isOfThePlace(error)) throw error;
        lost.push(leftAlone(member.path, reasonOf(error)));
        for (const { temporary } of group.members) await discardIn(folder, temporary);
        return;
      }
    }
    staged.set(group, { group, folder, entries });
  });
  // Whoever is done first comes first here, but not in the registry and the log.
  return groups.flatMap((group) => staged.get(group) ?? []);
}

/** Some kinds wait for a slow hash in another thread, others keep this one busy: side by side they take no longer. */
function kindsInTurn(groups: readonly Group[]): Group[] {
  const rounds: Group[][] = [];
  const met = new Map<string, number>();
  for (const group of groups) {
    const round = met.get(group.target.kind.name) ?? 0;
    met.set(group.target.kind.name, round + 1);
    rounds[round] ??= [];
    rounds[round].push(group);
  }
  return rounds.flat();
}

/** As the manifest wants it, else as the one before it, else as its neighbours have it. */
async function looksOf(
  { target, times }: Group,
  member: Member,
  folder: TrapFolder,
  folders: FolderPool,
  ours: ReadonlySet<string>,
): Promise<Looks> {
  const customs = await folders.customs(folder, ours);
  const before = member.replaces && (await lstat(folder.at(member.name)).catch(() => undefined));
  const usual = member.isModeFixed ? member.mode : (customs.mode ?? member.mode);
  const wished = member.path === target.path ? target.wishes.mode : undefined;
  return {
    uid: target.wishes.uid ?? before?.uid ?? customs.uid,
    gid: target.wishes.gid ?? before?.gid ?? customs.gid,
    mode: wished ?? (before === undefined ? usual : before.mode & 0o777),
    times,
    wholeSeconds: customs.wholeSeconds,
  };
}

async function announce({ watch }: Bringing, staged: readonly Staged[]): Promise<void> {
  const temporaries = new Map<string, string>();
  for (const { group } of staged)
    for (const { id, temporary } of group.members) temporaries.set(id, `${group.folder}/${temporary}`);
  const leaving = staged.flatMap(({ group }) => [...group.target.replaces.values()]);
  await watch?.placing(
    staged.flatMap(({ entries }) => entries.map(trapOf)),
    ({ id, path }) => temporaries.get(id) ?? path,
    leaving.map(trapOf),
  );
}

/**
 * Makes names durable, once for each folder. A folder that was made gets the time of its youngest trap;
 * of others a change of their own time would tell that something is new.
 */
async function settleFolders(
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
