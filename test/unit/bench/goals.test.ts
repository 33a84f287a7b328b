import { describe, expect, it } from 'vitest';
import { boundGoal, goalTable } from '../../bench/goal.js';
import type { Column } from '../../bench/turns/column.js';
import { atMostGoal, belowGoal, bothMet, noCostGoal } from '../../bench/turns/cost-goals.js';

/** A watcher that makes `call` and `other` take so many times as long, one turn each. */
function column(title: string, call: readonly number[], other = call): Column {
  const turns = call.map((times, index) => {
    const loaded = { call: times * 100, other: (other[index] as number) * 100 };
    const bare = { call: 100, other: 100 };
    return { before: bare, first: loaded, second: loaded, after: bare };
  });
  return { title, turns };
}

const nothing: Column = { title: 'none', turns: [], missing: 'not here' };

describe('a goal', () => {
  it('is met at its bound and not beyond', () => {
    expect(atMostGoal(column('P', [1.1, 1.1, 1.1]), 'call').met).toBe(true);
    expect(atMostGoal(column('P', [1.0, 1.11, 1.2]), 'call').met).toBe(false);
    expect(boundGoal('quick', 3, { below: 3 }, String).met).toBe(false);
    expect(boundGoal('quick', 2.99, { below: 3 }, String).met).toBe(true);
  });

  it('is neither met nor missed without a figure', () => {
    const goals = [
      atMostGoal(nothing, 'call'),
      noCostGoal(nothing, ['call']),
      belowGoal(column('P', [1]), nothing, ['call']),
      belowGoal(nothing, column('P', [1]), ['call']),
      boundGoal('quick', undefined, { below: 3 }, String),
      boundGoal('quick', Number.NaN, { below: 3 }, String),
    ];
    expect(goalTable(goals).rows.map((row) => row[2])).toEqual(goals.map(() => 'not measured'));
  });

  it('to be below another holds only when it holds for every row, which are named', () => {
    const audit = column('auditd', [1.5, 1.5], [1.0, 1.0]);
    expect(belowGoal(column('P', [1.2, 1.2], [0.9, 0.9]), audit, ['call', 'other']).met).toBe(true);
    const missed = belowGoal(column('P', [1.2, 1.2], [1.0, 1.0]), audit, ['call', 'other']);
    expect(missed).toMatchObject({ met: false, measured: 'not below: other' });
  });

  it('of no measurable cost is missed when the whole interval is above 1', () => {
    const rows = ['call', 'other'];
    const noisy = [0.98, 1.05, 1.01, 1.02, 0.99, 1.04];
    const dear = [1.05, 1.05, 1.06, 1.04, 1.05, 1.07];
    expect(noCostGoal(column('P', noisy), rows).met).toBe(true);
    expect(noCostGoal(column('P', noisy, dear), rows)).toMatchObject({
      met: false,
      measured: 'measurable: other',
    });
  });

  it('in two parts is met only by both, and missed by one', () => {
    const part = (met: boolean | undefined) => ({ goal: 'both', measured: 'x', met });
    expect(bothMet(part(true), part(true)).met).toBe(true);
    expect(bothMet(part(true), part(false)).met).toBe(false);
    expect(bothMet(part(undefined), part(false)).met).toBe(false);
    expect(bothMet(part(true), part(undefined)).met).toBeUndefined();
  });
});
