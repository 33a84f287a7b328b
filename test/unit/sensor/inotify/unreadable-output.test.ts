import { expect, it } from 'vitest';
import { UnreadableOutput } from '../../../../src/sensor/inotify/unreadable-output.js';
import { FakeClock } from './fake-clock.js';

it('tells at once, then at most once a second, and nothing when nothing new came', async () => {
  const clock = new FakeClock();
  const told: unknown[] = [];
  const ignore = () => undefined;
  const unreadable = new UnreadableOutput(clock, {
    debug: ignore,
    info: ignore,
    warn: (_, facts) => told.push(facts?.records),
    error: ignore,
  });
  for (let record = 0; record < 100; record += 1) unreadable.add();
  expect(told).toEqual([1]);
  await clock.advance(999);
  expect(told).toEqual([1]);
  await clock.advance(1);
  expect(told).toEqual([1, 100]);
  await clock.advance(10_000);
  expect(told).toEqual([1, 100]);
  unreadable.add();
  expect(told).toEqual([1, 100, 101]);
  unreadable.close();
  expect(clock.pending).toBe(0);
});
