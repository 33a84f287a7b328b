import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import type { Touch, TouchOp } from '../../../../src/core/touch.js';
import { MarkedTouches } from '../../../../src/sensor/ebpf/marked-touches.js';
import type { Slot } from '../../../../src/sensor/ebpf/trap-slots.js';
import type { MarkEvent } from '../../../../src/sensor/marks/mark-event.js';
import { FakeClock, settled } from '../../../support/fake-clock.js';
import { actor, passwords, touch } from '../../../support/touches.js';

const slot: Slot = { number: 2, kind: 'file', trap: passwords, path: passwords.path };

describe('touches that fanotify tells of', () => {
  let clock: FakeClock;
  let told: Touch[];
  let hooked: Set<TouchOp>;
  let behind: boolean;
  let inProc: Map<number, Actor>;
  let inspections: number;
  let touches: MarkedTouches;
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    hooked = new Set(['open', 'read', 'copy']);
    behind = false;
    inProc = new Map();
    inspections = 0;
    touches = new MarkedTouches({
      clock,
      nowMs: () => Number(clock.nowNs() / 1_000_000n),
      inspect: async ({ threadId }) => {
        inspections += 1;
        return inProc.get(threadId) ?? { certainty: 'unknown', threadId, ancestors: [] };
      },
      slot: (number) => (number === slot.number ? slot : undefined),
      hooked: () => hooked,
      isBehind: () => behind,
      mostWaiting: 1000,
      touched: (touch) => told.push(touch),
    });
  });

  const event = (op: TouchOp, facts: Partial<MarkEvent> = {}): MarkEvent => ({
    id: slot.number,
    threadId: 812,
    // Whom /proc knows is not gone.
    owner: ownerOf(facts.threadId ?? 812),
    denied: false,
    mask: 0,
    ops: [op],
    count: 1,
    atNs: clock.nowNs(),
    held: undefined,
    ...facts,
  });
  const ownerOf = (threadId: number) => {
    const { pid, startedAtNs } = inProc.get(threadId)?.process ?? {};
    return pid === undefined || startedAtNs === undefined
      ? undefined
      : { processId: pid, startedAtNs, parentId: 800, name: undefined };
  };
  /** What the script tells. */
  const hook = (op: TouchOp, facts: Partial<Touch> = {}) =>
    touches.seen(slot.number, touch({ op, atNs: clock.nowNs(), ...facts }));
  const names = () => told.map((one) => `${one.op} ${one.actor.process?.name}`);

  it.each([
    'open',
    'read',
  ] as const)('are not told again when the script told of the %s before', async (op) => {
    hook(op);
    touches.events([event(op)]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('are not told when the script tells of them a moment later', async () => {
    touches.events([event('open')]);
    await clock.advance(149);
    expect(hook('open')).toBeDefined();
    await clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('are told after 150 ms when no hook saw them', async () => {
    inProc.set(812, actor());
    touches.events([event('open')]);
    await clock.advance(149);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(names()).toEqual(['open cat']);
  });

  it('need no reading of their own when they were a copy', async () => {
    hook('copy');
    touches.events([event('read')]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('are told once when the script was slower: what it tells then is only the rest', async () => {
    const happenedAtNs = clock.nowNs();
    inProc.set(812, actor());
    touches.events([event('open')]);
    await clock.advance(150);
    expect(hook('open', { atNs: happenedAtNs })).toBeUndefined();
    expect(hook('open', { count: 4 })?.count).toBe(4);
    expect(told).toHaveLength(1);
  });

  it('are told at once where no hook sees them and /proc knows who it was', async () => {
    inProc.set(812, actor());
    touches.events([event('rename')]);
    await settled();
    expect(names()).toEqual(['rename cat']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('are told at once where no hook sees them and the script knows who it was', async () => {
    hook('open');
    touches.events([event('unlink')]);
    await settled();
    expect(names()).toEqual(['unlink cat']);
  });

  it('are named by the card of a thread that is gone', async () => {
    touches.events([event('unlink')]);
    await clock.advance(100);
    expect(told).toEqual([]);
    touches.card(812, actor({ process: { pid: 812, name: 'rm' } }));
    await settled();
    expect(names()).toEqual(['unlink rm']);
  });

  it('are named by a card that came first', async () => {
    touches.card(813, actor({ process: { pid: 812, name: 'rm' }, threadId: 813 }));
    touches.events([event('unlink', { threadId: 813 })]);
    await settled();
    expect(names()).toEqual(['unlink rm']);
  });

  it('are told without a name after 150 ms when nobody knows who it was', async () => {
    touches.events([event('unlink')]);
    await clock.advance(150);
    expect(told).toMatchObject([{ op: 'unlink', actor: { certainty: 'unknown', threadId: 812 } }]);
  });

  it('wait for a script that is behind when whoever it was is gone, and for 30 s only', async () => {
    behind = true;
    touches.events([event('open')]);
    await clock.advance(29_500);
    expect(told).toEqual([]);
    await clock.advance(600);
    expect(told).toMatchObject([{ op: 'open', actor: { certainty: 'unknown' } }]);
  });

  it('wait for a script that is behind to name who is still there, too: it counts by itself', async () => {
    behind = true;
    inProc.set(812, actor());
    const owner = {
      processId: 812,
      parentId: 1,
      name: 'cat',
      startedAtNs: actor().process?.startedAtNs ?? 0n,
    };
    touches.events([event('open', { owner })]);
    await clock.advance(5000);
    expect(told).toEqual([]);
    behind = false;
    await clock.advance(600);
    expect(names()).toEqual(['open cat']);
  });

  it('do not wait for a script that has told everything', async () => {
    behind = true;
    touches.events([event('open')]);
    await clock.advance(1000);
    behind = false;
    await clock.advance(600);
    expect(told).toHaveLength(1);
  });

  it('are told at once while the script is away', async () => {
    hooked = new Set();
    inProc.set(812, actor());
    touches.events([event('open')]);
    await settled();
    expect(names()).toEqual(['open cat']);
  });

  it('of one who is gone do not wait long while the script is away', async () => {
    hooked = new Set();
    behind = true;
    touches.events([event('open')]);
    await clock.advance(150);
    expect(told).toHaveLength(1);
  });

  it('of one process are named and counted each time', async () => {
    hooked = new Set();
    inProc.set(812, actor());
    touches.events([event('write', { count: 3 })]);
    await settled();
    touches.events([event('write', { count: 4 })]);
    await settled();
    expect(names()).toEqual(['write cat', 'write cat']);
    expect(told.map(({ count }) => count)).toEqual([3, 4]);
    expect(inspections).toBe(1);
  });

  it('are another process’s when /proc shows that it has the number now', async () => {
    hook('open', { actor: actor({ process: { pid: 812, name: 'old', startedAtNs: 5_000_000_000n } }) });
    inProc.set(812, actor({ process: { pid: 812, name: 'new', startedAtNs: 9_000_000_000n } }));
    touches.events([event('chmod')]);
    await settled();
    expect(names()).toEqual(['chmod new']);
  });

  const gone = (name: string, startedAtNs: bigint, threadId = 812) =>
    actor({ process: { pid: 812, name, startedAtNs }, threadId });

  it('are not charged for certain to the last that was told of when the number may be another’s', async () => {
    touches.card(812, gone('old', 5_000_000_000n));
    await clock.advance(500);
    touches.events([event('chmod')]);
    await clock.advance(150);
    expect(told).toMatchObject([{ op: 'chmod', actor: { certainty: 'guess', process: { name: 'old' } } }]);
    expect(told[0]?.actor.process).not.toHaveProperty('startedAtNs');
  });

  it('are named by the card of the process that has the number by then', async () => {
    touches.card(812, gone('old', 5_000_000_000n));
    await clock.advance(500);
    touches.events([event('chmod')]);
    await clock.advance(50);
    touches.card(812, gone('new', 9_000_000_000n));
    await settled();
    expect(told).toMatchObject([{ actor: { certainty: 'kernel', process: { name: 'new' } } }]);
  });

  it('of a later process with the number are told though the script told the same of an earlier one', async () => {
    hook('open', { actor: gone('old', 5_000_000_000n) });
    inProc.set(812, gone('new', 9_000_000_000n));
    touches.events([event('open')]);
    await clock.advance(150);
    expect(names()).toEqual(['open new']);
  });

  it('of one who is gone are told when the script told the same of the number only long before', async () => {
    hook('open', { actor: gone('old', 5_000_000_000n) });
    await clock.advance(2500);
    touches.events([event('open')]);
    await clock.advance(150);
    expect(told).toMatchObject([{ op: 'open', actor: { certainty: 'guess' } }]);
  });

  it('of one who is gone are not told when the script counts them a heartbeat later', async () => {
    hook('open', { actor: gone('cat', 5_000_000_000n) });
    await clock.advance(5000);
    behind = true;
    touches.events([event('open')]);
    await clock.advance(900);
    expect(hook('open', { actor: gone('cat', 5_000_000_000n), count: 1 })?.count).toBe(1);
    behind = false;
    await clock.advance(5000);
    expect(told).toEqual([]);
  });

  it('of other threads of a process that the script told of are not told', async () => {
    hook('open', { actor: gone('many', 5_000_000_000n) });
    inProc.set(830, gone('many', 5_000_000_000n, 830));
    touches.events([event('open', { threadId: 830 })]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
  });

  it('of unknown threads are not told when the script counted the same about that time', async () => {
    touches.events([event('open', { threadId: 831 })]);
    hook('open', { actor: gone('many', 5_000_000_000n), count: 3 });
    await clock.advance(1500);
    touches.events([event('open', { threadId: 832 }), event('read', { threadId: 833 })]);
    await clock.advance(10_000);
    expect(told).toMatchObject([{ op: 'read', actor: { certainty: 'unknown', threadId: 833 } }]);
    touches.events([event('open', { threadId: 834 })]);
    await clock.advance(10_000);
    expect(told).toHaveLength(2);
  });

  it('of unknown threads are told when the script told of others only: a hook may have been left out', async () => {
    touches.events([event('open', { threadId: 831 })]);
    hook('open', { actor: gone('another', 5_000_000_000n) });
    await clock.advance(10_000);
    expect(told).toMatchObject([{ op: 'open', actor: { certainty: 'unknown', threadId: 831 } }]);
  });

  it('of unknown threads are each told where only fanotify sees them', async () => {
    touches.events([event('open', { threadId: 831 })]);
    touches.events([event('open', { threadId: 832 })]);
    await clock.advance(150);
    expect(told).toHaveLength(2);
  });

  it('of nothing that is watched are not told', async () => {
    touches.events([event('open', { id: 99 })]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
    expect(inspections).toBe(0);
  });

  it('in a flood wait in bounded number, and each is told', async () => {
    behind = true;
    for (let threadId = 1; threadId <= 1500; threadId += 1) touches.events([event('open', { threadId })]);
    expect(clock.pendingTimers).toBeLessThanOrEqual(1001);
    await clock.advance(31_000);
    expect(new Set(told.map((one) => one.actor.threadId)).size).toBe(1500);
    expect(told).toHaveLength(1500);
  });

  it('that still wait are told when the sensor ends', async () => {
    inProc.set(812, actor());
    touches.events([event('open'), event('unlink', { threadId: 7 })]);
    await touches.drained();
    expect(told.map(({ op }) => op).sort()).toEqual(['open', 'unlink']);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(10_000);
    expect(told).toHaveLength(2);
  });
});
