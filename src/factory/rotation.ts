import type { AgeDays } from './ages.js';
import type { TrapEntry } from './registry.js';
import { type FreeTarget, type LeftAlone, leftAlone, pathsOf, type Survey, type Target } from './survey.js';
import type { TrapKind } from './trap-kind.js';

export interface RotationOptions {
  /** Which of the traps that lie there as planted are to be replaced; none when absent. */
  readonly rotates?: ((entry: TrapEntry) => boolean) | undefined;
  kindNamed(name: string): TrapKind | undefined;
  readonly ageDays: AgeDays;
}

/**
 * The targets of traps that are to be replaced where they lie. A trap goes with its companions: either all
 * of them are replaced or none.
 */
export function rotations(
  survey: Survey,
  targets: readonly Target[],
  { rotates, kindNamed, ageDays }: RotationOptions,
): { targets: FreeTarget[]; left: LeftAlone[] } {
  const left: LeftAlone[] = [];
  if (rotates === undefined) return { targets: [], left };
  const planned = new Map(targets.map((target) => [target.path, target]));
  const kept = new Map(survey.kept.map((entry) => [entry.path, entry]));
  const completed = new Set(survey.free.map(({ path }) => path));
  const chosen = new Set(survey.kept.filter(rotates).map(({ id, beside }) => beside ?? id));
  const found: FreeTarget[] = [];
  for (const entry of survey.kept) {
    if (!chosen.has(entry.id) || completed.has(entry.path)) continue;
    const target = planned.get(entry.path);
    const kind = target?.kind.name === entry.kind ? target.kind : kindNamed(entry.kind);
    if (kind === undefined) {
      left.push(leftAlone(entry.path, `there is no kind ${entry.kind} any more`));
      continue;
    }
    const free = {
      ageDays: target?.ageDays ?? ageDays,
      wishes: target?.wishes ?? {},
      kind,
      path: entry.path,
      isOpen: entry.place === 'open',
    };
    const replaces = new Map(
      pathsOf(free).flatMap((path) => {
        const old = kept.get(path);
        return old === undefined ? [] : [[path, old] as const];
      }),
    );
    found.push({ ...free, replaces });
  }
  return { targets: found, left };
}
