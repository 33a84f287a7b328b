import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import type { Touch } from '../../../../src/core/touch.js';
import type { Trap } from '../../../../src/core/trap.js';
import { TouchRelay } from '../../../../src/sensor/inotify/touch-relay.js';
import { FakeClock } from './fake-clock.js';

const trapAt = (id: string): Trap => ({ id, kind: 'env', path: `/traps/${id}`, sha256: '', size: 0 });
const guess = (pid: number): Actor => ({ certainty: 'guess', process: { pid }, ancestors: [] });

describe('TouchRelay', () => {
  let clock: FakeClock;
  let touches: Touch[];
  let searches: { path: string; found: (actor: Actor) => void; failed: (reason: Error) => void }[];
  let relay: TouchRelay;

  beforeEach(() => {
    clock = new FakeClock();
    touches = [];
    searches = [];
    relay = new TouchRelay({
      holders: (path) => new Promise((found, failed) => searches.push({ path, found, failed })),
      clock,
      touched: (touch) => touches.push(touch),
    });
  });

  it('keeps the order and the time of touches, whichever search ends first', async () => {
    relay.add(trapAt('a'), 'open');
    await clock.advance(10);
    relay.add(trapAt('b'), 'read');
    searches[1]?.found(guess(2));
    await clock.advance(10);
    expect(touches).toEqual([]);
    searches[0]?.found(guess(1));
    await relay.drained();
    expect(touches).toEqual([
      { trapId: 'a', op: 'open', atNs: 0n, actor: guess(1) },
      { trapId: 'b', op: 'read', atNs: 10_000_000n, actor: guess(2) },
    ]);
  });

  it('searches once for touches of one trap at one time', async () => {
    relay.add(trapAt('a'), 'open');
    relay.add(trapAt('a'), 'read');
    searches[0]?.found(guess(1));
    await relay.drained();
    expect(touches.map(({ actor }) => actor)).toEqual([guess(1), guess(1)]);
    relay.add(trapAt('a'), 'read');
    expect(searches).toHaveLength(2);
  });

  it('names nobody when a search fails or takes too long', async () => {
    relay.add(trapAt('a'), 'open');
    relay.add(trapAt('b'), 'open');
    searches[0]?.failed(new Error('broken'));
    await clock.advance(500);
    await relay.drained();
    expect(touches.map(({ actor }) => actor.certainty)).toEqual(['unknown', 'unknown']);
    expect(clock.pending).toBe(0);
  });

  it('loses no touch of a burst, and starts no burst of searches', async () => {
    for (let index = 0; index < 1000; index += 1) relay.add(trapAt(`trap-${index}`), 'open');
    expect(searches.length).toBeLessThanOrEqual(16);
    await clock.advance(500);
    await relay.drained();
    expect(touches).toHaveLength(1000);
  });
});
