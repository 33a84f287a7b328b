import { boundGoal, type Goal } from '../goal.js';
import { median, medianInterval } from '../statistics.js';
import type { Column } from './column.js';
import { ratio } from './compare.js';
import { ratioOf } from './turn.js';

const mostTimes = 1.1;

/** A row that may cost that much more, for one watcher. */
export function atMostGoal({ title, turns }: Column, row: string): Goal {
  const ratios = turns.map((turn) => ratioOf(turn, row));
  const name = `${title}: ${row} at most ${ratio(mostTimes)} times bare`;
  const value = ratios.length === 0 ? undefined : median(ratios);
  return boundGoal(name, value, { atMost: mostTimes }, () => withInterval(ratios));
}

/** Rows that cost nothing that could be told from the noise: the interval reaches down to 1. */
export function noCostGoal({ title, turns }: Column, rows: readonly string[]): Goal {
  const goal = `${title}: no measurable cost of ${rows.join(', ')}`;
  if (turns.length === 0) return { goal, measured: '-', met: undefined };
  const measurable = rows.filter((row) => medianInterval(turns.map((turn) => ratioOf(turn, row))).low > 1);
  return { goal, measured: listed('measurable', measurable), met: measurable.length === 0 };
}

/** Below another watcher on every row. */
export function belowGoal(column: Column, other: Column, rows: readonly string[]): Goal {
  const goal = `${column.title}: below ${other.title} on every row`;
  if (column.turns.length === 0 || other.turns.length === 0) return { goal, measured: '-', met: undefined };
  const middle = ({ turns }: Column, row: string) => median(turns.map((turn) => ratioOf(turn, row)));
  const notBelow = rows.filter((row) => middle(column, row) >= middle(other, row));
  return { goal, measured: listed('not below', notBelow), met: notBelow.length === 0 };
}

/** Of two parts of a table that have rows of their own: met when both are. */
export function bothMet(one: Goal, other: Goal): Goal {
  const measured = one.measured === other.measured ? one.measured : `${one.measured}; ${other.measured}`;
  const met = one.met === undefined || other.met === undefined ? undefined : one.met && other.met;
  return { goal: one.goal, measured, met: one.met === false || other.met === false ? false : met };
}

function listed(what: string, rows: readonly string[]): string {
  return `${what}: ${rows.length === 0 ? 'none' : rows.join(', ')}`;
}

function withInterval(ratios: readonly number[]): string {
  const { low, high } = medianInterval(ratios);
  return `${ratio(median(ratios))} (${ratio(low)} to ${ratio(high)})`;
}
