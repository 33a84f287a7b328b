/** One figure a row, of one block of work: ns. */
export type Figures = Readonly<Record<string, number>>;

/** Four blocks in a row: bare, with a watcher, with it again, bare. */
export interface Turn {
  readonly before: Figures;
  readonly first: Figures;
  readonly second: Figures;
  readonly after: Figures;
}

/**
 * How many times as long a row took with the watcher as without. The mean is geometric and the
 * order symmetric, so that a machine that gets steadily slower or faster gives 1.
 */
export function ratioOf({ before, first, second, after }: Turn, row: string): number {
  return Math.sqrt((figure(first, row) * figure(second, row)) / (figure(before, row) * figure(after, row)));
}

/** What a call took without the watcher, and what it took longer with it: both in ns. */
export function costOf({ before, first, second, after }: Turn, row: string): { bare: number; more: number } {
  const bare = (figure(before, row) + figure(after, row)) / 2;
  return { bare, more: (figure(first, row) + figure(second, row)) / 2 - bare };
}

function figure(figures: Figures, row: string): number {
  const value = figures[row];
  if (value === undefined) throw new RangeError(`no figure for ${row}`);
  return value;
}
