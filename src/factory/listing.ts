import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { printableText } from '../core/printable.js';
import { reasonOf, unless } from './errors.js';
import { FolderPool } from './folder-pool.js';
import type { Plan } from './planter.js';
import type { Registry, TrapEntry } from './registry.js';
import { type LeftAlone, leftAlone, pathsOf, type Target } from './survey.js';
import { occupant } from './trap-file.js';
import { TrapFolder } from './trap-folder.js';

/** A trap and what became of it; strings are printable. */
export interface TrapState {
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  /** `planted`: as it was planted; `changed`: something else lies there; `gone`: nothing does. */
  readonly state: 'planted' | 'changed' | 'gone';
  /** Why it counts as changed. */
  readonly reason?: string;
  readonly plantedAt: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Id of the trap it lies beside, as a companion. */
  readonly beside?: string;
}

/** Looks at every trap that is not retired; what cannot be looked at counts as changed. Opens none. */
export async function listTraps(registry: Registry | undefined): Promise<TrapState[]> {
  const folders = new FolderPool('/');
  const states: TrapState[] = [];
  try {
    for (const entry of registry?.traps ?? []) {
      if (entry.retiredAt === undefined)
        states.push({ ...factsOf(entry), ...(await stateOf(entry, folders)) });
    }
  } finally {
    await folders.close();
  }
  return states;
}

/** What a planting would do; strings are printable. */
export interface Preview {
  readonly wouldPlant: readonly { readonly kind: string; readonly path: string }[];
  /** Traps that lie there already. */
  readonly there: number;
  readonly leftOut: readonly LeftAlone[];
}

/** Compares a plan with the disk, and makes nothing. */
export async function previewOf(plan: Plan, registry: Registry): Promise<Preview> {
  const known = new Set(registry.traps.filter((trap) => !trap.retiredAt).map(({ path }) => path));
  const wouldPlant: { kind: string; path: string }[] = [];
  const leftOut: LeftAlone[] = [...plan.leftOut];
  let there = 0;
  for (const target of plan.targets) {
    const found = await occupantsOf(target).catch((error: unknown) => {
      if (!target.isOpen) throw error;
      return reasonOf(error);
    });
    if (typeof found === 'string') {
      leftOut.push(leftAlone(target.path, found));
      continue;
    }
    const foreign = [...found].filter(([path]) => !known.has(path));
    leftOut.push(...foreign.map(([path, reason]) => leftAlone(path, reason)));
    if (foreign.length > 0) continue;
    there += found.size;
    for (const path of pathsOf(target))
      if (!found.has(path)) wouldPlant.push({ kind: target.kind.name, path: printableText(path) });
  }
  return { wouldPlant, there, leftOut };
}

/**
 * What lies at the paths of a target, by path.
 * @throws PlantingRefused, PlantingFailed where its folder cannot be used
 */
async function occupantsOf(target: Target): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const folder = await unless('ENOENT', () => TrapFolder.open(dirname(target.path)));
  try {
    for (const path of pathsOf(target)) {
      const reason = folder && (await occupant(folder, basename(path)));
      if (reason !== undefined) found.set(path, reason);
    }
  } finally {
    await folder?.close();
  }
  return found;
}

async function stateOf(entry: TrapEntry, folders: FolderPool): Promise<Pick<TrapState, 'state' | 'reason'>> {
  try {
    const folder = await folders.existing(dirname(entry.path));
    const found = folder && (await unless('ENOENT', () => lstatOf(folder, entry)));
    if (found === undefined) return { state: 'gone' };
    const reason = changeOf(found, entry);
    return reason === undefined ? { state: 'planted' } : { state: 'changed', reason };
  } catch (error) {
    return { state: 'changed', reason: reasonOf(error) };
  }
}

/** Its content is not read: to the daemon that would be a touch like any other. */
function changeOf(found: BigIntStats, entry: TrapEntry): string | undefined {
  if (!found.isFile() || String(found.ino) !== entry.inode) return 'another file has taken its place';
  const plantedSecond = BigInt(Math.floor(Date.parse(entry.mtime) / 1000));
  if (found.size !== BigInt(entry.size) || found.mtimeNs / 1_000_000_000n !== plantedSecond)
    return 'its size or its time of change is another';
  return undefined;
}

function lstatOf(folder: TrapFolder, { path }: TrapEntry): Promise<BigIntStats> {
  return lstat(folder.at(basename(path)), { bigint: true });
}

function factsOf({ id, kind, path, plantedAt, sha256, size, beside }: TrapEntry) {
  return {
    id,
    kind,
    path: printableText(path),
    plantedAt,
    sha256,
    size,
    ...(beside !== undefined && { beside }),
  };
}
