import { lstat } from 'node:fs/promises';
import type { Bringing, NearTraps, Progress } from './bringing.js';
import { type Group, isOfThePlace, type Member, makeGroup } from './draft.js';
import { reasonOf } from './errors.js';
import type { FolderPool } from './folder-pool.js';
import { inParallel } from './in-parallel.js';
import type { TrapEntry } from './registry.js';
import { type LeftAlone, leftAlone } from './survey.js';
import { isMany } from './sync-many.js';
import { discardIn, type Looks, stage } from './trap-file.js';
import type { TrapFolder } from './trap-folder.js';

/** A group whose files are written and do not have their names yet. */
export interface Staged {
  readonly group: Group;
  readonly folder: TrapFolder;
  readonly entries: readonly TrapEntry[];
}

/** Keys and hashes are made in other threads, writing is waiting for the disk. */
const atOnce = 16;

/**
 * Makes and writes the files of every group, under names that say nothing. Those that could not be staged for a
 * reason of their own place are in `lost`.
 */
export async function stageAll(
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
