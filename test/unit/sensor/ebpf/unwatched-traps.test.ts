import { beforeEach, describe, expect, it } from 'vitest';
import type { SensorGap } from '../../../../src/core/ports/sensor.js';
import type { Slot } from '../../../../src/sensor/ebpf/trap-slots.js';
import { UnwatchedTraps } from '../../../../src/sensor/ebpf/unwatched-traps.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { passwords } from '../../../support/touches.js';

const slot = (number: number, kind: Slot['kind'] = 'file'): Slot => ({
  number,
  kind,
  trap: passwords,
  path: `/srv/${number}`,
});
const failed = (...slots: Slot[]) => slots.map((one) => ({ slot: one, reason: 'ENOENT' }));

describe('traps that a new script cannot find', () => {
  let clock: FakeClock;
  let gaps: SensorGap[];
  let gone: Set<number>;
  let wanted: Set<number>;
  let attempts: number[][];
  let isDown: boolean;
  let unwatched: UnwatchedTraps;
  beforeEach(() => {
    clock = new FakeClock();
    gaps = [];
    gone = new Set([2, 3]);
    wanted = new Set([2, 3]);
    attempts = [];
    isDown = false;
    unwatched = new UnwatchedTraps({
      clock,
      everyMs: 3000,
      register: async (slots) => {
        attempts.push(slots.map(({ number }) => number));
        if (isDown) throw new Error('down');
        return failed(...slots.filter(({ number }) => gone.has(number)));
      },
      isWanted: ({ number }) => wanted.has(number),
      gap: (gap) => gaps.push(gap),
    });
  });
  const reasons = () => gaps.map(({ reason }) => reason);

  it('are on record once each, however often it is attempted and whatever restarts', async () => {
    unwatched.add(failed(slot(2), slot(3)), 7n);
    await clock.advance(10_000);
    unwatched.add(failed(slot(2)), 8n);
    expect(reasons()).toEqual(['trap /srv/2 is not watched: ENOENT', 'trap /srv/3 is not watched: ENOENT']);
    expect(gaps[0]?.fromNs).toBe(7n);
    expect(attempts).toEqual([
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
  });

  it('are attempted until it works; then the whole time is on record, and nothing more is done', async () => {
    unwatched.add(failed(slot(2)), 7n);
    await clock.advance(4000);
    gone.clear();
    await clock.advance(3000);
    expect(gaps[1]).toMatchObject({ fromNs: 7n, reason: 'trap /srv/2 was not watched' });
    await clock.advance(30_000);
    expect(attempts).toHaveLength(2);
    expect(gaps).toHaveLength(2);
  });

  it('are attempted on when there is no script for a while, and seen when a new one knows them', async () => {
    isDown = true;
    unwatched.add(failed(slot(2)), 7n);
    await clock.advance(7000);
    expect(attempts).toHaveLength(2);
    unwatched.settle([]);
    expect(reasons().at(-1)).toBe('trap /srv/2 was not watched');
  });

  it('are forgotten when they are wanted no longer, and when the sensor stops', async () => {
    unwatched.add(failed(slot(2), slot(3)), 7n);
    wanted.delete(2);
    await clock.advance(3000);
    expect(attempts).toEqual([[3]]);
    unwatched.stop();
    await clock.advance(30_000);
    expect(attempts).toHaveLength(1);
  });

  it('are attempted in silence when they are folders', async () => {
    unwatched.add(failed(slot(2, 'folder')), 7n);
    await clock.advance(3000);
    expect(attempts).toEqual([[2]]);
    expect(gaps).toEqual([]);
  });
});
