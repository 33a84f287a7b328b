import { printableText } from '../core/printable.js';
import type { Trap } from '../core/trap.js';
import type { TrapEntry } from './registry.js';
import { examine, occupant } from './trap-file.js';
import type { TrapKind } from './trap-kind.js';

/** A place where a trap of a kind should lie. */
export interface Target {
  readonly kind: TrapKind;
  readonly path: string;
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
  /** Targets where nothing is. */
  readonly free: readonly Target[];
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
): Promise<Survey> {
  const entries: TrapEntry[] = [];
  const kept: TrapEntry[] = [];
  const skipped: LeftAlone[] = [];
  const taken = new Set<string>();
  for (const entry of known) {
    const [current, reason] = await refreshed(entry, now);
    entries.push(current);
    if (current.retiredAt !== undefined) continue;
    taken.add(entry.path);
    if (reason === undefined) kept.push(current);
    else skipped.push(leftAlone(entry.path, reason));
  }
  const free: Target[] = [];
  for (const target of targets.filter(({ path }) => !taken.has(path))) {
    const reason = await occupant(target.path);
    if (reason === undefined) free.push(target);
    else skipped.push(leftAlone(target.path, reason));
  }
  return { entries, kept, skipped, free };
}

/** The entry brought up to date and, when its file is no longer the trap, why. */
async function refreshed(entry: TrapEntry, now: Date): Promise<[TrapEntry, string?]> {
  if (entry.retiredAt !== undefined) return [entry];
  const finding = await examine(entry);
  if (finding.is === 'gone') return [{ ...entry, retiredAt: now.toISOString() }];
  return finding.is === 'ours' ? [{ ...entry, device: finding.device }] : [entry, finding.reason];
}

export function leftAlone(path: string, reason: string): LeftAlone {
  return { path: printableText(path), reason };
}

/** What the core needs of an entry. */
export function trapOf(entry: TrapEntry): Trap {
  const { id, kind, path, sha256, size } = entry;
  return { id, kind, path: printableText(path), sha256, size };
}
