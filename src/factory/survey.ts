import { basename, dirname, join } from 'node:path';
import { printableText } from '../core/printable.js';
import type { Trap } from '../core/trap.js';
import type { AgeDays } from './ages.js';
import { reasonOf } from './errors.js';
import type { FolderPool } from './folder-pool.js';
import { inParallel } from './in-parallel.js';
import type { TrapEntry } from './registry.js';
import { examine, type Finding, occupant } from './trap-file.js';
import type { TrapKind } from './trap-kind.js';

/** A place where a trap of a kind should lie. */
export interface Target {
  readonly kind: TrapKind;
  /** Absolute. */
  readonly path: string;
  /** Others than root may change the folder it lies in. */
  readonly isOpen: boolean;
  readonly ageDays: AgeDays;
  readonly wishes: Wishes;
}

/** What the manifest wants of a trap; what is absent is as its neighbours have it. */
export interface Wishes {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
}

/** A target to plant at, and traps of earlier plantings whose place is taken over. */
export interface FreeTarget extends Target {
  /** By path. */
  readonly replaces: ReadonlyMap<string, TrapEntry>;
}

/** A path that was left alone; both strings are printable. */
export interface LeftAlone {
  readonly path: string;
  readonly reason: string;
}

export interface Survey {
  /** The registry's entries, brought up to date. */
  readonly entries: readonly TrapEntry[];
  /** Those whose file still is as it was planted. */
  readonly kept: readonly TrapEntry[];
  readonly skipped: readonly LeftAlone[];
  /** Targets where nothing is, or only a part of the files that belong together. */
  readonly free: readonly FreeTarget[];
}

const atOnce = 8;

/** Paths of the files of a target: the trap and its companions. */
export function pathsOf({ kind, path }: Pick<Target, 'kind' | 'path'>): string[] {
  const names = (kind.companions ?? []).map((companion) => companion.nameFor(basename(path)));
  return [path, ...names.map((name) => join(dirname(path), name))];
}

/**
 * Compares the registry with the disk and finds what there is to plant. A trap whose kind or folder
 * is no longer configured is kept as long as it lies there: touching it is still an incident.
 * @throws PlantingFailed
 */
export async function surveyTraps(
  known: readonly TrapEntry[],
  targets: readonly Target[],
  now: Date,
  folders: FolderPool,
): Promise<Survey> {
  const findings = await findingsOf(known, folders);
  const entries: TrapEntry[] = [];
  const kept = new Map<string, TrapEntry>();
  const skipped: LeftAlone[] = [];
  const changed = new Set<string>();
  const retiredAt = now.toISOString();
  // A rotation that was interrupted left two entries of one path: whichever lies there counts.
  const oursAt = new Set(known.filter((entry) => findings.get(entry)?.is === 'ours').map(({ path }) => path));
  for (const entry of known) {
    const finding = findings.get(entry);
    if (finding === undefined) entries.push(entry);
    else if (finding.is === 'ours') {
      const current = { ...entry, device: finding.device };
      entries.push(current);
      kept.set(entry.path, current);
    } else if (finding.is === 'gone' || oursAt.has(entry.path) || changed.has(entry.path))
      entries.push({ ...entry, retiredAt });
    else {
      entries.push(entry);
      changed.add(entry.path);
      skipped.push(leftAlone(entry.path, finding.reason));
    }
  }
  const free: FreeTarget[] = [];
  await inParallel(targets, atOnce, async (target) => {
    const found = await lookAt(target, kept, changed, folders);
    skipped.push(...found.taken);
    if (found.free !== undefined) free.push(found.free);
  });
  return { entries, kept: [...kept.values()], skipped, free: inOrder(free, targets) };
}

/** Of those that are not retired. */
async function findingsOf(known: readonly TrapEntry[], folders: FolderPool) {
  const findings = new Map<TrapEntry, Finding>();
  const active = known.filter((entry) => entry.retiredAt === undefined);
  await inParallel(active, atOnce, async (entry) => {
    findings.set(entry, await find(entry, folders));
  });
  return findings;
}

async function find(entry: TrapEntry, folders: FolderPool): Promise<Finding> {
  try {
    const folder = await folders.existing(dirname(entry.path));
    return folder === undefined ? { is: 'gone' } : await examine(folder, entry);
  } catch (error) {
    // One home folder out of reach must not keep the others from being watched.
    if (entry.place === 'open') return { is: 'other', reason: reasonOf(error) };
    throw error;
  }
}

async function lookAt(
  target: Target,
  kept: ReadonlyMap<string, TrapEntry>,
  changed: ReadonlySet<string>,
  folders: FolderPool,
): Promise<{ taken: LeftAlone[]; free?: FreeTarget }> {
  const paths = pathsOf(target);
  if (paths.every((path) => kept.has(path))) return { taken: [] };
  const taken: LeftAlone[] = [];
  const folder = await folders.of(target).catch((error: unknown) => {
    if (!target.isOpen) throw error;
    taken.push(leftAlone(target.path, reasonOf(error)));
    return undefined;
  });
  if (folder === undefined) return { taken };
  for (const path of paths.filter((one) => !kept.has(one) && !changed.has(one))) {
    const reason = await occupant(folder, basename(path)).catch((error: unknown) => {
      if (!target.isOpen) throw error;
      return reasonOf(error);
    });
    if (reason !== undefined) taken.push(leftAlone(path, reason));
  }
  if (taken.length > 0 || paths.some((path) => changed.has(path))) return { taken };
  const replaces = new Map(
    paths.flatMap((path) => {
      const entry = kept.get(path);
      return entry === undefined ? [] : [[path, entry] as const];
    }),
  );
  return { taken, free: { ...target, replaces } };
}

function inOrder(free: readonly FreeTarget[], targets: readonly Target[]): FreeTarget[] {
  const order = new Map(targets.map(({ path }, index) => [path, index]));
  return [...free].sort((one, other) => (order.get(one.path) ?? 0) - (order.get(other.path) ?? 0));
}

export function leftAlone(path: string, reason: string): LeftAlone {
  return { path: printableText(path), reason };
}

/** What the core needs of an entry. */
export function trapOf(entry: TrapEntry): Trap {
  const { id, kind, path, sha256, size } = entry;
  return { id, kind, path: printableText(path), sha256, size };
}
