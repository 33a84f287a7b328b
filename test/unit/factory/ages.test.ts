import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayBefore, drawTimes } from '../../../src/factory/ages.js';

const dayMs = 86_400_000;
const now = fc.date({ min: new Date('2024-01-01'), max: new Date('2034-01-01'), noInvalidDate: true });
const ages = fc
  .tuple(fc.integer({ min: 1, max: 3650 }), fc.integer({ min: 1, max: 3650 }))
  .map(([one, other]) => ({ youngest: Math.min(one, other), oldest: Math.max(one, other) }));

describe('times of a trap', () => {
  test('the last change lies in the window and the last access between it and now', () => {
    fc.assert(
      fc.property(now, ages, (date, age) => {
        const { modifiedAt, accessedAt } = drawTimes(age, date);
        const agedMs = date.getTime() - modifiedAt.getTime();
        expect(agedMs).toBeGreaterThanOrEqual(age.youngest * dayMs);
        expect(agedMs).toBeLessThanOrEqual(age.oldest * dayMs);
        expect(accessedAt.getTime()).toBeGreaterThanOrEqual(modifiedAt.getTime());
        expect(accessedAt.getTime()).toBeLessThanOrEqual(date.getTime());
      }),
    );
  });

  test('nobody worked at night or at a weekend when the window has a working day', () => {
    fc.assert(
      fc.property(now, fc.integer({ min: 1, max: 600 }), (date, youngest) => {
        const { modifiedAt } = drawTimes({ youngest, oldest: youngest + 7 }, date);
        expect([1, 2, 3, 4, 5]).toContain(modifiedAt.getDay());
        expect(modifiedAt.getHours()).toBeGreaterThanOrEqual(8);
        expect(modifiedAt.getHours()).toBeLessThan(19);
      }),
    );
  });

  test('the traps of one planting do not share a day', () => {
    const date = new Date('2026-05-04T12:00:00Z');
    const days = Array.from({ length: 40 }, () =>
      dayBefore(drawTimes({ youngest: 14, oldest: 540 }, date).modifiedAt, 0),
    );
    expect(new Set(days).size).toBeGreaterThan(25);
  });

  test('a day before is written as a calendar date, over months and leap years', () => {
    expect(dayBefore(new Date(2024, 2, 1, 0, 30), 1)).toBe('2024-02-29');
    expect(dayBefore(new Date(2025, 0, 1, 23, 30), 0)).toBe('2025-01-01');
  });
});
