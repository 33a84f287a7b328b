import { beforeEach, describe, expect, it } from 'vitest';
import { Heartbeat } from '../../../../src/sensor/inotify/heartbeat.js';
import { FakeClock } from './fake-clock.js';

describe('Heartbeat', () => {
  let clock: FakeClock;
  let touches: number;
  let answering: boolean;
  let told: string[];
  let heartbeat: Heartbeat;

  beforeEach(() => {
    clock = new FakeClock();
    touches = 0;
    answering = true;
    told = [];
    heartbeat = new Heartbeat({
      touch: async () => {
        touches += 1;
        if (answering) heartbeat.answered();
      },
      clock,
      intervalMs: 1000,
      proofMs: 10_000,
      onFirst: () => told.push('first'),
      onSilence: (reason) => told.push(reason),
    });
  });

  it('touches fast until the first answer, then once an interval', async () => {
    answering = false;
    heartbeat.start();
    await clock.advance(500);
    expect(touches).toBeGreaterThanOrEqual(10);
    answering = true;
    await clock.advance(100);
    const before = touches;
    await clock.advance(5000);
    expect(touches - before).toBe(5);
    expect(told).toEqual(['first']);
  });

  it('gives up when no first answer comes in time, not before', async () => {
    answering = false;
    heartbeat.start();
    await clock.advance(9900);
    expect(told).toEqual([]);
    await clock.advance(200);
    expect(told).toEqual(["inotifywait did not report the daemon's own touch within 10000 ms"]);
    expect(clock.pending).toBe(0);
  });

  it('notices silence within two intervals, once', async () => {
    heartbeat.start();
    await clock.advance(1500);
    answering = false;
    await clock.advance(2000);
    expect(told).toEqual(['first', 'inotifywait did not answer for 1000 ms']);
    await clock.advance(10_000);
    expect(told).toHaveLength(2);
    expect(heartbeat.answeredAtNs).toBe(1_000_000_000n);
  });

  it('is quiet once stopped', async () => {
    heartbeat.start();
    await clock.advance(100);
    heartbeat.stop();
    answering = false;
    await clock.advance(60_000);
    expect(told).toEqual(['first']);
    expect(clock.pending).toBe(0);
  });
});

it('a probe that cannot be touched is silence, with a printable reason', async () => {
  const told: string[] = [];
  const heartbeat = new Heartbeat({
    touch: () => Promise.reject(new Error('ENOENT \x1b')),
    clock: new FakeClock(),
    intervalMs: 1000,
    proofMs: 10_000,
    onFirst: () => undefined,
    onSilence: (reason) => told.push(reason),
  });
  heartbeat.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['the probe file cannot be opened: Error: ENOENT \\x1b']);
});
