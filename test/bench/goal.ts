import type { Table } from './table.js';

/** What is wanted, beside what was measured. */
export interface Goal {
  readonly goal: string;
  /** What was measured, for a reader. */
  readonly measured: string;
  /** Undefined when it could not be measured. */
  readonly met: boolean | undefined;
}

/** A goal of the form "this figure is at most (or below) that bound"; no figure is not measured. */
export function boundGoal(
  goal: string,
  value: number | undefined,
  bound: { readonly below: number } | { readonly atMost: number },
  render: (value: number) => string,
): Goal {
  if (value === undefined || Number.isNaN(value)) return { goal, measured: '-', met: undefined };
  return {
    goal,
    measured: render(value),
    met: 'below' in bound ? value < bound.below : value <= bound.atMost,
  };
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    columns: ['goal', 'measured', 'result'],
    rows: goals.map(({ goal, measured, met }) => [goal, measured, verdict(met)]),
  };
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return 'not measured';
  return met ? 'met' : '**not met**';
}
