import { expect, test } from 'vitest';
import { dueTraps, RotationSchedule } from '../../../src/daemon/rotation-schedule.js';
import { FakeClock } from '../../support/fake-clock.js';

const day = 86_400_000;
const planted = Date.parse('2024-01-01T00:00:00Z');
const entries = Array.from({ length: 200 }, (_, index) => ({
  id: `env-${index}`,
  plantedAt: new Date(planted).toISOString(),
}));
const dueAfter = (days: number) => dueTraps(entries, 30, planted + days * day).length;

test('traps are due one after the other, from three quarters of the days to five quarters', () => {
  expect([dueAfter(22.4), dueAfter(37.6)]).toEqual([0, 200]);
  expect(dueAfter(30)).toBeGreaterThan(60);
  expect(dueAfter(30)).toBeLessThan(140);
});

test('a companion is due with its trap', () => {
  const pair = [entries[0], { ...entries[1], beside: entries[0]?.id }] as typeof entries;
  for (let at = 22; at < 38; at += 0.25) {
    expect([0, 2]).toContain(dueTraps(pair, 30, planted + at * day).length);
  }
});

test('it looks every hour, and goes on after a failure', async () => {
  const clock = new FakeClock();
  let looks = 0;
  const failures: string[] = [];
  const schedule = new RotationSchedule({
    days: 1,
    clock,
    entries: async () => {
      looks += 1;
      if (looks === 1) throw new Error('damaged');
      return [{ id: 'env-1', plantedAt: new Date(0).toISOString() }];
    },
    rotate: async (ids) => {
      failures.push(`rotated ${ids}`);
    },
    failed: (reason) => failures.push(reason),
  });
  schedule.start();
  await clock.advance(3_600_000);
  await clock.advance(3_600_000);
  schedule.stop();
  await clock.advance(36_000_000);
  expect([looks, failures]).toEqual([2, ['damaged', 'rotated env-1']]);
});
