import { goalTable } from './goal.js';
import type { Item, Measured } from './item.js';
import { renderTable } from './table.js';

export interface Outcome {
  readonly item: Item;
  /** What was measured, or why it could not be here. */
  readonly result: Measured | { readonly missing: string };
  /** When and on what, in one line. */
  readonly circumstances: string;
}

const head = `# Benchmarks

Written by \`make bench\` (as root); do not edit. \`make bench ARGS=--only=NAME\` measures one item anew and replaces its section. Below each stands when and on what it was measured.
`;

/** The document with a section for each item in `order`: the new ones, and of the others what it had before. */
export function renderDocument(before: string, outcomes: readonly Outcome[], order: readonly Item[]): string {
  const kept = sectionsOf(before);
  const sections = order.map((item) => {
    const outcome = outcomes.find((one) => one.item === item);
    return outcome === undefined ? kept.get(item.title) : `${renderOutcome(outcome)}\n`;
  });
  return [head, ...sections.filter((section) => section !== undefined)].join('\n');
}

export function renderOutcome({ item, result, circumstances }: Outcome): string {
  const body =
    'missing' in result
      ? [`Not measured: ${result.missing}.`]
      : [...result.tables.map(renderTable), ...goals(result), ...(result.notes ?? [])];
  const last = `${circumstances} Again: \`make bench ARGS=--only=${item.name}\``;
  return [`## ${item.title}`, item.how, ...body, last].join('\n\n');
}

/** By their titles. */
function sectionsOf(document: string): Map<string, string> {
  const sections = document.split(/^(?=## )/mu).filter((part) => part.startsWith('## '));
  return new Map(
    sections.map((section) => [section.slice(3, section.indexOf('\n')), `${section.trimEnd()}\n`]),
  );
}

function goals({ goals = [] }: Measured): string[] {
  return goals.length === 0 ? [] : [renderTable(goalTable(goals))];
}
