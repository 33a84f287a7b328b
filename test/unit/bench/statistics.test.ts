import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, medianInterval } from '../../bench/statistics.js';

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the interval of a median', () => {
  it('has the ranks and the confidence that the tables of the sign test have', () => {
    expect(medianInterval(oneTo(6))).toEqual({ low: 1, high: 6, confidence: 1 - 2 / 64 });
    expect(medianInterval(oneTo(9))).toEqual({ low: 2, high: 8, confidence: 1 - 20 / 512 });
    expect(medianInterval(oneTo(20)).low).toBe(6);
    expect(medianInterval(oneTo(20)).high).toBe(15);
  });

  it('is the whole range and admits its confidence when there are too few values', () => {
    expect(medianInterval(oneTo(3))).toEqual({ low: 1, high: 3, confidence: 0.75 });
    expect(medianInterval([5])).toEqual({ low: 5, high: 5, confidence: 0 });
  });

  it('holds the median and is not moved by the order of the values', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (list) => {
        const interval = medianInterval(list);
        expect(interval.low).toBeLessThanOrEqual(median(list));
        expect(interval.high).toBeGreaterThanOrEqual(median(list));
        expect(medianInterval([...list].reverse())).toEqual(interval);
      }),
    );
  });

  it('holds the true median as often as it says', () => {
    // A plain linear congruential generator, so that the test has one outcome.
    let state = 1;
    const random = () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const runs = 4000;
    let held = 0;
    for (let run = 0; run < runs; run += 1) {
      const { low, high } = medianInterval(oneTo(9).map(random));
      if (low <= 0.5 && high >= 0.5) held += 1;
    }
    expect(held / runs).toBeGreaterThan(0.95);
    expect(held / runs).toBeLessThan(0.975);
  });
});
