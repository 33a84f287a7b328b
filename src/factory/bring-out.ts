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
import { publish } from './publishing.js';
import type { Registry, RegistryFile, TrapEntry } from './registry.js';
import type { FolderRecord } from './safe-folder.js';
import type { SealedCopies } from './sealed-copies.js';
import { type LeftAlone, leftAlone, trapOf } from './survey.js';
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

interface Staged {
  readonly group: Group;
  readonly folder: TrapFolder;
  readonly entries: readonly TrapEntry[];
}

/** Making keys is work for a processor, writing is waiting for the disk. */
const atOnce = 8;

/** Three writes of the registry for any number of traps: names to come, traps to come, traps there. */
export async function bringOut(
  options: Bringing,
  progress: Progress,
  neighbours: readonly Neighbour[],
): Promise<{ lost: LeftAlone[]; replaced: TrapEntry[] }> {
  const { registryFile, sealed } = options;
  const { registry, groups, published, folders } = progress;
  const lost: LeftAlone[] = [];
  await registryFile.write(registry);
  if (groups.length === 0) return { lost, replaced: [] };
  const staged = await stageAll(options, progress, neighbours, lost);
  await sealed.sync();
  const coming = staged.flatMap(({ entries }) => entries);
  await registryFile.write({ ...registry, traps: [...registry.traps, ...coming] });
  await announce(options, staged);
  const held: FileHandle[] = [];
  const replaced: TrapEntry[] = [];
  try {
    for (const { group, folder, entries } of staged) {
      const inodes = new Map(entries.map(({ id, inode }) => [id, inode]));
      const outcome = await publish(group, folder, inodes);
      if (outcome.failure !== undefined) lost.push(leftAlone(group.target.path, outcome.failure));
      else published.push(...entries);
      for (const { entry, held: handle } of outcome.replaced) {
        replaced.push(entry);
        if (handle !== undefined) held.push(handle);
      }
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

/** The folders on record but for those that were made just now and got no trap; these are removed. */
async function withoutIdle(
  registry: Registry,
  { made }: FolderPool,
  published: readonly TrapEntry[],
): Promise<readonly FolderRecord[]> {
  const idle = made.filter((folder) => !published.some(({ path }) => path.startsWith(`${folder.path}/`)));
  const { staying } = await removeFolders(idle);
  return registry.folders.filter((folder) => !idle.includes(folder) || staying.includes(folder));
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
  const removed = made.filter((folder) => !staying.includes(folder));
  const remaining = [...new Set([...registry.folders, ...staying])].filter(
    (folder) => !removed.includes(folder),
  );
  const traps = [...registry.traps, ...published];
  await sealed.keepOnly(new Set(traps.map(({ id }) => id)));
  await registryFile.write({ ...registry, folders: remaining, temporaries: [], traps });
}

/** Those that could not be staged for a reason of their own place are in `lost`. */
async function stageAll(
  options: Bringing,
  progress: Progress,
  neighbours: readonly Neighbour[],
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
  await inParallel(groups, atOnce, async (group) => {
    const folder = await folders.of(group.target);
    const files = await makeGroup(group, { ...options, persona, neighbours });
    const entries: TrapEntry[] = [];
    for (const { member, content, facts } of files) {
      await options.sealed.seal(member.id, content);
      try {
        const looks = await looksOf(group, member, folder, folders, ours);
        entries.push({ ...facts, ...(await stage(folder, member.temporary, content, looks)) });
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
  for (const folder of await folders.changed()) {
    if (gained.has(folder.path)) await folder.sync();
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
