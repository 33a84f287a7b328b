import { goalTable } from './goal.js';
import type { Item, Measured } from './item.js';
import { renderTable, type Table } from './table.js';

export interface Outcome {
  readonly item: Item;
  /** What was measured, or why it could not be here. */
  readonly result: Measured | { readonly missing: string };
}

/** The whole document. */
export function renderDocument(facts: Table, outcomes: readonly Outcome[]): string {
  const parts = [
    '# Benchmarks',
    'Written by `make bench` (as root), which measures everything anew; do not edit. `make bench ARGS=--only=NAME` prints one item and leaves this file alone.',
    renderTable(facts),
    ...outcomes.map(renderOutcome),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function renderOutcome({ item, result }: Outcome): string {
  const body =
    'missing' in result
      ? [`Not measured: ${result.missing}.`]
      : [...result.tables.map(renderTable), ...goals(result), ...(result.notes ?? [])];
  return [`## ${item.title}`, item.how, ...body, `Again: \`make bench ARGS=--only=${item.name}\``].join(
    '\n\n',
  );
}

function goals({ goals = [] }: Measured): string[] {
  return goals.length === 0 ? [] : [renderTable(goalTable(goals))];
}
