import type { TechniqueRules } from '../../../src/core/ports/technique-rules.js';
import type { Labelled } from './labelled-set.js';

/** Techniques told and rightly told, expected, over events. */
export class Score {
  right = 0;
  told = 0;
  expected = 0;

  get precision(): number {
    return this.told === 0 ? 1 : this.right / this.told;
  }

  get recall(): number {
    return this.expected === 0 ? 1 : this.right / this.expected;
  }

  add(told: readonly string[], expected: readonly string[]): void {
    this.told += told.length;
    this.expected += expected.length;
    this.right += told.filter((id) => expected.includes(id)).length;
  }
}

export interface Wrong {
  readonly labelled: Labelled;
  readonly told: readonly string[];
}

/** Every technique of every event counts once; a tactic counts the techniques that serve it. */
export function scoreRules(
  rules: TechniqueRules,
  set: readonly Labelled[],
  tacticsOf: (id: string) => readonly string[],
) {
  const all = new Score();
  const byTactic = new Map<string, Score>();
  const wrong: Wrong[] = [];
  for (const labelled of set) {
    const told = rules.match(labelled.event).map(({ technique }) => technique.id);
    const { expected } = labelled;
    all.add(told, expected);
    if (told.length !== expected.length || told.some((id) => !expected.includes(id)))
      wrong.push({ labelled, told });
    for (const tactic of new Set([...told, ...expected].flatMap(tacticsOf))) {
      const score = byTactic.get(tactic) ?? new Score();
      byTactic.set(tactic, score);
      const serves = (id: string) => tacticsOf(id).includes(tactic);
      score.add(told.filter(serves), expected.filter(serves));
    }
  }
  return { all, byTactic, wrong };
}
