import { describe, expect, it } from 'vitest';
import type { Column } from '../../bench/turns/column.js';
import { costTable, ratioTable } from '../../bench/turns/compare.js';
import { ratioOf, type Turn } from '../../bench/turns/turn.js';

const turn = (...[before, first, second, after]: [number, number, number, number]): Turn => ({
  before: { call: before },
  first: { call: first },
  second: { call: second },
  after: { call: after },
});

const steady = {
  title: 'Watcher',
  turns: [100, 101, 99].map((bare) => turn(bare, bare * 2, bare * 2, bare)),
};
const absent: Column = { title: 'Absent', turns: [], missing: 'no such program' };

describe('the comparison with bare', () => {
  it('is 1 on a machine that only drifts', () => {
    expect(ratioOf(turn(100, 110, 121, 133.1), 'call')).toBeCloseTo(1, 9);
    expect(ratioOf(turn(133.1, 121, 110, 100), 'call')).toBeCloseTo(1, 9);
  });

  it('is the cost of the watcher, also when the machine is half as fast in one turn', () => {
    const turns = [turn(100, 130, 130, 100), turn(200, 260, 260, 200), turn(100, 130, 130, 100)];
    expect(ratioTable(['call'], [{ title: 'Watcher', turns }]).rows).toEqual([
      ['call', '1', '1.30 (1.30 to 1.30)'],
    ]);
  });

  it('leaves no turn out: one wild turn widens the interval', () => {
    const turns = [...steady.turns, turn(100, 900, 900, 100)];
    expect(ratioTable(['call'], [{ title: 'Watcher', turns }]).rows[0]?.[2]).toBe('2.00 (2.00 to 9.00)');
  });

  it('says of a watcher that did not run that it did not', () => {
    expect(ratioTable(['call'], [steady, absent]).rows[0]?.[3]).toBe('does not run here');
    expect(costTable(['call'], [steady, absent]).rows[0]).toEqual(['call', '100 ns', '+100 ns', '-']);
  });

  it('refuses a row that was not measured', () => {
    expect(() => ratioTable(['another'], [steady])).toThrow('no figure for another');
  });
});
