import { median, medianInterval } from '../statistics.js';
import type { Table } from '../table.js';
import type { Column } from './column.js';
import { costOf, ratioOf } from './turn.js';

/** Times as long as bare: a row a call, a column a watcher. */
export function ratioTable(rows: readonly string[], columns: readonly Column[]): Table {
  return {
    caption: 'Times as long as bare (interval)',
    columns: ['call', 'bare', ...columns.map(({ title }) => title)],
    rows: rows.map((row) => [row, '1', ...columns.map((column) => ratioCell(column, row))]),
  };
}

/** Time bare, and how much longer with each watcher. */
export function costTable(rows: readonly string[], columns: readonly Column[]): Table {
  return {
    caption: 'Time of one bare, and how much more it was with each',
    columns: ['call', 'bare', ...columns.map(({ title }) => title)],
    rows: rows.map((row) => {
      const bare = columns.flatMap(({ turns }) => turns.map((turn) => costOf(turn, row).bare));
      return [
        row,
        bare.length === 0 ? '-' : time(median(bare)),
        ...columns.map((column) => more(column, row)),
      ];
    }),
  };
}

function ratioCell({ turns, missing }: Column, row: string): string {
  if (missing !== undefined) return 'does not run here';
  const ratios = turns.map((turn) => ratioOf(turn, row));
  const { low, high } = medianInterval(ratios);
  return `${ratio(median(ratios))} (${ratio(low)} to ${ratio(high)})`;
}

function more({ turns, missing }: Column, row: string): string {
  if (missing !== undefined) return '-';
  const value = median(turns.map((turn) => costOf(turn, row).more));
  return `${value < 0 ? '-' : '+'}${time(Math.abs(value))}`;
}

export function ratio(value: number): string {
  return value.toFixed(2);
}

/** In the unit that suits its size. */
function time(ns: number): string {
  if (ns >= 1e8) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(1)} ms`;
  return ns >= 1e5 ? `${(ns / 1e3).toFixed(0)} us` : `${ns.toFixed(0)} ns`;
}
