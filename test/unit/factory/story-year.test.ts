import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agesOf } from '../../../src/factory/ages.js';
import { yearOf } from '../../../src/factory/story-year.js';
import { openWorkshop, type Workshop } from './workshop.js';

const dayMs = 86_400_000;
let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const salaryOn = async (day: string, ageDays = { youngest: 14, oldest: 540 }) => {
  const factory = workshop.factory({ kinds: ['salary'], ageDays, now: () => new Date(day) });
  const { planted, kept } = await factory.plant();
  return [...planted, ...kept].map(({ path }) => basename(path));
};

test('stories of one day give years that a file of the age may bear, and not all the same', () => {
  const begunAt = '2026-06-01T10:00:00.000Z';
  const years = Array.from({ length: 40 }, (_, seed) =>
    yearOf({ seed, begunAt, traps: [] })({ youngest: 14, oldest: 540 }),
  );
  expect(new Set(years)).toEqual(new Set([2024, 2025, 2026]));
});

test('the salary file bears the year of its own last change, or that of the next', async () => {
  const [name = ''] = await salaryOn('2031-03-03T12:00:00Z', { youngest: 700, oldest: 1100 });
  const year = Number(name.match(/^salary_(20\d\d)\.docx$/)?.[1]);
  expect([2028, 2029]).toContain(year);
  const { mtime } = await stat(join(workshop.trapsDir, name));
  expect(mtime >= new Date(year - 1, 10, 1) && mtime < new Date(year + 1, 0, 1)).toBe(true);
});

test('the name stays when years pass, as long as the trap lies there', async () => {
  const before = await salaryOn('2026-06-01T12:00:00Z');
  expect(await salaryOn('2029-06-01T12:00:00Z')).toEqual(before);
  expect(await readdir(workshop.trapsDir)).toEqual(before);
});

test('a story of before, which does not know when it began, goes by its oldest trap', () => {
  const trap = (plantedAt: string) => ({ plantedAt }) as never;
  const traps = [trap('2025-07-01T00:00:00Z'), trap('2024-07-01T00:00:00Z')];
  expect(yearOf({ seed: 1, begunAt: undefined, traps })({ youngest: 10, oldest: 20 })).toBe(2024);
});

test('a window is narrowed to the year in the name, and left where that lies elsewhere', () => {
  const now = fc.date({ min: new Date('2024-01-01'), max: new Date('2034-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(now, fc.integer({ min: 2019, max: 2036 }), (date, year) => {
      const wide = { youngest: 14, oldest: 540 };
      const { youngest, oldest } = agesOf(`report-${year}.pdf`, wide, date);
      expect(youngest).toBeGreaterThanOrEqual(wide.youngest);
      expect(oldest).toBeLessThanOrEqual(wide.oldest);
      expect(youngest).toBeLessThan(oldest);
      const latest = new Date(date.getTime() - youngest * dayMs);
      const earliest = new Date(date.getTime() - oldest * dayMs);
      const isNarrowed = youngest !== wide.youngest || oldest !== wide.oldest;
      if (isNarrowed) expect(latest.getFullYear()).toBeLessThanOrEqual(year);
      if (isNarrowed) expect(earliest.getFullYear()).toBeGreaterThanOrEqual(year - 1);
    }),
  );
  expect(agesOf('id_20201', { youngest: 1, oldest: 9 }, new Date())).toEqual({ youngest: 1, oldest: 9 });
});
