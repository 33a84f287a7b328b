import { expect, it } from 'vitest';
import { type Answerer, Heartbeat } from '../../../../src/sensor/fanotify/heartbeat.js';
import { FakeClock } from '../../../support/fake-clock.js';

function start(answers: (touch: number) => readonly Answerer[], fails?: Error) {
  const clock = new FakeClock();
  const told: string[] = [];
  let touches = 0;
  const heartbeat: Heartbeat = new Heartbeat({
    touch: async () => {
      touches += 1;
      if (fails !== undefined) throw fails;
      for (const by of answers(touches)) heartbeat.answered(by);
    },
    clock,
    intervalMs: 1000,
    proofMs: 10_000,
    onFirst: () => told.push('first'),
    onStandstill: (seconds) => told.push(`still ${seconds}`),
    onSilence: (reason) => told.push(reason),
  });
  heartbeat.start();
  return { clock, told, heartbeat, touches: () => touches };
}

const both: readonly Answerer[] = ['permission', 'notify'];

it('is proven by the first touch that both groups answered, and goes on', async () => {
  const { clock, told, touches, heartbeat } = start(() => both);
  await clock.advance(5500);
  expect(told).toEqual(['first']);
  expect(touches()).toBe(6);
  heartbeat.stop();
  expect(clock.pendingTimers).toBe(0);
});

it('is not proven while one group is silent, and says which', async () => {
  const { clock, told } = start(() => ['permission']);
  await clock.advance(9_999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual(['fanotify (notify) did not answer for 10000 ms']);
});

it('notices within two intervals that a group fell silent', async () => {
  const { clock, told } = start((touch) => (touch < 3 ? both : ['notify']));
  await clock.advance(3000);
  expect(told).toEqual(['first', 'fanotify (permission) did not answer for 1000 ms']);
  await clock.advance(60_000);
  expect(told).toHaveLength(2);
});

it('tells that the probe cannot be touched', async () => {
  const { clock, told } = start(() => both, new Error('ENOENT\u001b'));
  await clock.advance(1);
  expect(told).toEqual(['the probe file cannot be touched: Error: ENOENT\\x1b']);
});

it('accepts an answer that comes late, but before the first proof is overdue', async () => {
  const { clock, told, heartbeat } = start(() => []);
  await clock.advance(4000);
  heartbeat.answered('permission');
  heartbeat.answered('permission');
  expect(told).toEqual([]);
  heartbeat.answered('notify');
  expect(told).toEqual(['first']);
  heartbeat.stop();
});

it('tells that the daemon stood still, and takes what waited meanwhile for no silence', async () => {
  const clock = new FakeClock();
  const told: string[] = [];
  let stoodMs = 0;
  let isSilent = false;
  const heartbeat: Heartbeat = new Heartbeat({
    touch: async () => {
      if (isSilent) return;
      for (const by of both) heartbeat.answered(by);
    },
    clock,
    uptimeMs: () => Number(clock.nowNs() / 1_000_000n) + stoodMs,
    intervalMs: 1000,
    proofMs: 10_000,
    onFirst: () => told.push('first'),
    onStandstill: (seconds) => told.push(`still ${seconds}`),
    onSilence: (reason) => told.push(reason),
  });
  heartbeat.start();
  await clock.advance(2500);
  stoodMs += 1900;
  await clock.advance(1000);
  expect(told).toEqual(['first']);
  isSilent = true;
  await clock.advance(1000);
  stoodMs += 7000;
  await clock.advance(1000);
  expect(told).toEqual(['first', 'still 7']);
  for (const by of both) heartbeat.answered(by);
  isSilent = false;
  await clock.advance(5000);
  expect(told).toEqual(['first', 'still 7']);
  isSilent = true;
  await clock.advance(2500);
  expect(told.at(-1)).toBe('fanotify (permission and notify) did not answer for 1000 ms');
});

it('waits for an answer that is behind other touches, for a minute at most', async () => {
  const { clock, told, heartbeat, touches } = start((touch) => (touch < 3 ? both : ['notify']));
  await clock.advance(2500);
  for (let tenths = 0; tenths < 200; tenths += 1) {
    heartbeat.spoke('permission');
    await clock.advance(100);
  }
  expect(told).toEqual(['first']);
  heartbeat.answered('permission');
  await clock.advance(1000);
  expect(touches()).toBe(4);
  for (let tenths = 0; tenths < 700; tenths += 1) {
    heartbeat.spoke('permission');
    await clock.advance(100);
  }
  expect(told).toEqual(['first', 'fanotify (permission) did not answer for 1000 ms']);
});

it('does not wait for a group that says nothing while the other does', async () => {
  const { clock, told, heartbeat } = start((touch) => (touch < 3 ? both : ['notify']));
  await clock.advance(2500);
  for (let tenths = 0; tenths < 30; tenths += 1) {
    heartbeat.spoke('notify');
    await clock.advance(100);
  }
  expect(told).toEqual(['first', 'fanotify (permission) did not answer for 1000 ms']);
});
