import { beforeEach, describe, expect, it } from 'vitest';
import { BackOff } from '../../../src/sensor/back-off.js';

describe('BackOff', () => {
  let now: number;
  let backOff: BackOff;

  beforeEach(() => {
    now = 0;
    backOff = new BackOff({ minMs: 250, maxMs: 3000, stableMs: 10_000, nowMs: () => now });
  });

  const delays = (count: number) => Array.from({ length: count }, () => backOff.nextDelayMs());

  it('doubles from the minimum to the maximum and stays there', () => {
    expect(delays(6)).toEqual([250, 500, 1000, 2000, 3000, 3000]);
  });

  it('goes on doubling when a run ended before it was stable', () => {
    delays(2);
    backOff.started();
    now += 9999;
    expect(backOff.nextDelayMs()).toBe(1000);
  });

  it('starts again from the minimum after a stable run', () => {
    delays(4);
    backOff.started();
    now += 10_000;
    expect(delays(2)).toEqual([250, 500]);
  });

  it('counts a stable run once: a failure to come up again goes on doubling', () => {
    backOff.started();
    now += 60_000;
    expect(backOff.nextDelayMs()).toBe(250);
    now += 60_000;
    expect(backOff.nextDelayMs()).toBe(500);
  });

  it('never exceeds the maximum even when the minimum does', () => {
    backOff = new BackOff({ minMs: 500, maxMs: 100, stableMs: 0, nowMs: () => now });
    expect(delays(2)).toEqual([100, 100]);
  });
});
