import { describe, expect, it } from 'vitest';
import { AuditUnwritable } from '../../../src/core/ports/audit-log.js';
import type { ProcessInspector } from '../../../src/core/ports/process-inspector.js';
import { FakeHeldJournal } from '../../support/core-fakes.js';
import { settled } from '../../support/fake-clock.js';
import { holdHouse } from '../../support/hold-house.js';
import { actor, salary, touch } from '../../support/touches.js';

const pid = 812;
const stopped = touch({ held: 'stopped' });
const never = new Promise<never>(() => undefined);

function process(number: number) {
  return actor({ process: { pid: number, startedAtNs: BigInt(number) * 10_000_000n, name: 'cat', uid: 33 } });
}

describe('a process that the kernel stopped to be inspected', () => {
  it('goes on once it is on record and described, exactly once, and the record says how long it stood', async () => {
    const house = holdHouse();
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    house.orchestrator.touched(touch({ held: 'stopped', op: 'read' }));
    await settled();
    await house.clock.advance(5000);
    expect(house.count(`release ${pid}`)).toBe(1);
    expect(house.journal.indexOf('audit trap-touched')).toBeLessThan(house.journal.indexOf(`release ${pid}`));
    expect(house.spared).toEqual([]);
    const [held, ...others] = house.events('actor-held');
    expect(others).toEqual([]);
    expect(held).toMatchObject({
      containment: { step: 'inspect', captured: ['details'] },
      trap: { kind: 'passwords' },
    });
    expect(held?.incident?.id).toBe(house.events('incident-opened')[0]?.incident?.id);
    expect(house.held.left()).toEqual([]);
  });

  it.each([
    ['the glance', { glance: () => never, describe: () => never } satisfies ProcessInspector],
    ['the description', { glance: async (known) => known, describe: () => never } satisfies ProcessInspector],
  ])('goes on when its time is up, though %s hangs', async (_, processes: ProcessInspector) => {
    const house = holdHouse({ processes });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await house.clock.advance(1000);
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('waits for a slow description no longer than a moment', async () => {
    const house = holdHouse({ processes: { glance: async (known) => known, describe: () => never } });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await house.clock.advance(19);
    expect(house.count(`release ${pid}`)).toBe(0);
    await house.clock.advance(1);
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('goes on when its time is up, though the disk never answers', async () => {
    const house = holdHouse();
    house.audit.gate = never;
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await house.clock.advance(999);
    expect(house.count(`release ${pid}`)).toBe(0);
    await house.clock.advance(1);
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('goes on though the disk refuses the record and the evidence', async () => {
    const house = holdHouse();
    house.audit.refusal = new AuditUnwritable('ENOSPC');
    house.evidence.refusal = new Error('ENOSPC');
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('counts its time from the touch, not from when it was told', async () => {
    const house = holdHouse({ processes: { glance: () => never, describe: () => never } });
    await house.clock.advance(900);
    house.orchestrator.touched(stopped);
    await house.clock.advance(100);
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('stands still until the slower of two that look at it is done', async () => {
    const house = holdHouse({ processes: { glance: async (known) => known, describe: () => never } });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    house.orchestrator.touched(stopped);
    await settled();
    expect(house.count(`release ${pid}`)).toBe(0);
    await house.clock.advance(20);
    expect(house.count(`release ${pid}`)).toBe(1);
  });

  it('goes on at once where the touch is of no known trap or the daemon itself sent it', async () => {
    const house = holdHouse();
    house.orchestrator.touched(touch({ trapId: 'no-such-trap', held: 'stopped' }));
    house.desk.dismiss(touch({ held: 'stopped', actor: process(900) }));
    await settled();
    expect(house.journal).toEqual([`release ${pid}`, 'release 900']);
  });

  it('goes on in a crowd too, each of it once', async () => {
    const house = holdHouse();
    for (let number = 2000; number < 5000; number += 1) {
      house.containment.stopped.add(number);
      house.orchestrator.touched(touch({ held: 'stopped', actor: process(number) }));
    }
    await house.clock.advance(1000);
    await house.desk.settled();
    expect(house.journal.filter((entry) => entry.startsWith('release'))).toHaveLength(3000);
    expect(house.containment.stopped.size).toBe(0);
  });

  it('goes on when the sensor is lost and when the daemon ends', async () => {
    const house = holdHouse({ processes: { glance: () => never, describe: () => never } });
    house.orchestrator.touched(stopped);
    await house.desk.releaseAll();
    await house.desk.releaseAll();
    await house.clock.advance(2000);
    expect(house.count(`release ${pid}`)).toBe(1);
  });
});

describe('containment', () => {
  it('writes down whoever it freezes, and never lets them go by itself', async () => {
    const house = holdHouse({ containment: 'freeze' });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    const id = house.events('incident-opened')[0]?.incident?.id as string;
    expect(house.list.saved.get(id)).toMatchObject([{ pid, name: 'cat' }]);
    expect(house.events('actor-frozen')).toHaveLength(1);
    expect(house.events('actor-frozen')[0]?.message).toContain(`phantomd release ${id}`);
    await house.desk.releaseAll();
    await house.clock.advance(10_000);
    expect(house.count(`release ${pid}`)).toBe(0);
    await house.frozen.stop();
  });

  it('stops and kills by itself where the kernel did not and the kernel named the actor', async () => {
    const freezing = holdHouse({ containment: 'freeze' });
    freezing.orchestrator.touched(touch());
    expect(freezing.journal[0]).toBe(`stop ${pid}`);
    await settled();
    expect(freezing.events('actor-frozen')).toMatchObject([{ containment: { by: 'daemon' } }]);
    await freezing.frozen.stop();
    const killing = holdHouse({ containment: 'kill' });
    killing.orchestrator.touched(touch());
    expect(killing.journal[0]).toBe(`kill ${pid}`);
    await settled();
    expect(killing.events('actor-killed')).toHaveLength(1);
  });

  it.each(['guess', 'unknown'] as const)('never stops or kills on a %s', async (certainty) => {
    for (const mode of ['freeze', 'kill'] as const) {
      const house = holdHouse({ containment: mode, onTamper: 'kill' });
      house.orchestrator.touched(touch({ actor: actor({ certainty }), tampers: true }));
      await settled();
      expect(house.journal.filter((entry) => /^(stop|kill)/.test(entry))).toEqual([]);
    }
  });

  it('says what the kernel killed, once a process', async () => {
    const house = holdHouse({ containment: 'kill' });
    house.orchestrator.touched(touch({ held: 'killed' }));
    house.orchestrator.touched(touch({ held: 'killed', trapId: salary.id }));
    await settled();
    expect(house.events('actor-killed')).toMatchObject([{ containment: { by: 'kernel' } }]);
    expect(house.count(`kill ${pid}`)).toBe(0);
  });

  it('takes the stronger rule against whoever tampers, before anything is looked up', async () => {
    const house = holdHouse({ onTamper: 'kill' });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(touch({ op: 'write', tampers: true, held: 'stopped' }));
    expect(house.journal[0]).toBe(`kill ${pid}`);
    await house.clock.advance(5000);
    expect(house.count(`release ${pid}`)).toBe(0);
  });

  it('keeps whoever tampers while it is inspected', async () => {
    const house = holdHouse({ processes: { glance: () => never, describe: () => never } });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    house.orchestrator.touched(touch({ op: 'write', tampers: true, held: 'stopped' }));
    await house.clock.advance(5000);
    expect(house.count(`release ${pid}`)).toBe(0);
    expect(house.containment.isStopped({ pid, startedAtNs: 0n })).toBe(true);
    await house.frozen.stop();
  });

  it('tells of one that could not be frozen, and leaves it running', async () => {
    const house = holdHouse({ containment: 'freeze' });
    house.containment.gone.add(pid);
    house.orchestrator.touched(touch());
    await settled();
    expect(house.events('containment-failed')).toMatchObject([{ outcome: 'failure' }]);
    expect(house.list.saved.size).toBe(0);
  });
});

describe('frozen processes', () => {
  async function frozenHouse() {
    const house = holdHouse({ containment: 'freeze' });
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    return { ...house, id: house.events('incident-opened')[0]?.incident?.id as string };
  }

  it('are stopped again when somebody lets them go, and it is told', async () => {
    const house = await frozenHouse();
    house.containment.stopped.delete(pid);
    await house.clock.advance(250);
    expect(house.containment.stopped.has(pid)).toBe(true);
    expect(house.events('containment-broken')).toHaveLength(1);
    await house.frozen.stop();
  });

  it('go on when an operator says so, are spared before that, and are not frozen again', async () => {
    const house = await frozenHouse();
    house.list.asked = [{ incidentId: house.id, order: 'release' }];
    await house.clock.advance(250);
    expect(house.journal.slice(-4)).toEqual([
      `spare ${pid}`,
      `release ${pid}`,
      'audit actor-released',
      'list ',
    ]);
    house.orchestrator.touched(touch({ op: 'read', tampers: true }));
    await house.clock.advance(1000);
    expect(house.containment.stopped.has(pid)).toBe(false);
    expect(house.list.asked).toEqual([]);
    await house.orchestrator.stop();
    expect(house.clock.pendingTimers).toBe(0);
  });

  it('end when an operator says so', async () => {
    const house = await frozenHouse();
    house.list.asked = [{ incidentId: house.id, order: 'kill' }];
    await house.clock.advance(250);
    expect(house.events('actor-killed')).toMatchObject([{ containment: { by: 'operator' } }]);
    expect(house.list.saved.size).toBe(0);
  });

  it('stay frozen over a restart, and those that ended leave the list', async () => {
    const before = await frozenHouse();
    await before.frozen.stop();
    const { list } = before;
    list.saved.set('other', [{ pid: 4000, startedAtNs: 1n, atNs: 0n }]);
    const after = holdHouse({ list });
    after.containment.stopped.add(pid);
    after.containment.gone.add(4000);
    await after.frozen.restore();
    expect([...list.saved.keys()]).toEqual([before.id]);
    after.containment.stopped.delete(pid);
    await after.clock.advance(250);
    expect(after.containment.stopped.has(pid)).toBe(true);
    await after.frozen.stop();
  });

  it('are written down as soon as the disk takes it', async () => {
    const house = holdHouse({ containment: 'freeze' });
    house.list.refusal = new Error('ENOSPC');
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    expect(house.list.saved.size).toBe(0);
    house.list.refusal = undefined;
    await house.clock.advance(250);
    expect(house.list.saved.size).toBe(1);
    await house.frozen.stop();
  });
});

describe('frozen processes that the disk takes no note of', () => {
  async function unsavedHouse() {
    const house = holdHouse({ containment: 'freeze' });
    house.list.refusal = new Error('ENOSPC');
    house.containment.stopped.add(pid);
    house.orchestrator.touched(stopped);
    await settled();
    return { ...house, id: house.events('incident-opened')[0]?.incident?.id as string };
  }

  it('go on when an operator says so, and nobody else is spoken for', async () => {
    const house = await unsavedHouse();
    const mine = { incidentId: house.id, order: 'release' } as const;
    const others = { incidentId: 'nobody-of-it', order: 'release' } as const;
    house.list.asked = [others, mine];
    await house.clock.advance(250);
    expect(house.count(`release ${pid}`)).toBe(1);
    expect(house.list.asked).toEqual([others]);
    await house.frozen.stop();
  });

  it('go on when the daemon ends in order, which is on record', async () => {
    const house = await unsavedHouse();
    await house.frozen.stop();
    expect(house.count(`release ${pid}`)).toBe(1);
    expect(house.events('actor-released')).toMatchObject([{ containment: { by: 'daemon' } }]);
    expect(house.frozen.has({ pid, startedAtNs: 5_000_000_000n })).toBe(false);
  });

  it('stay frozen when the daemon ends where the disk took it after all, or others of the incident', async () => {
    const house = await unsavedHouse();
    house.list.refusal = undefined;
    await house.clock.advance(250);
    house.list.refusal = new Error('ENOSPC');
    await house.frozen.add({ pid: 900, startedAtNs: 1n, atNs: 0n }, house.id);
    await house.frozen.stop();
    expect(house.journal.filter((entry) => entry.startsWith('release'))).toEqual(['release 900']);
  });

  it('are tried to be written down once more before', async () => {
    const house = await unsavedHouse();
    house.list.refusal = undefined;
    await house.frozen.stop();
    expect(house.count(`release ${pid}`)).toBe(0);
    expect(house.list.saved.get(house.id)).toMatchObject([{ pid }]);
  });
});

describe('processes that were stopped without anybody hearing of it', () => {
  const stranded = { pid: 700, startedAtNs: 1n, name: 'cat' };

  it('go on, but not those that are frozen or looked at', async () => {
    const house = holdHouse({ processes: { glance: () => never, describe: () => never } });
    house.orchestrator.touched(stopped);
    await house.frozen.add({ pid: 701, startedAtNs: 1n, atNs: 0n }, 'i');
    house.containment.stopped.add(701);
    house.containment.strandedNow = [
      stranded,
      { pid: 701, startedAtNs: 1n, name: 'x' },
      { pid, startedAtNs: 5_000_000_000n, name: 'cat' },
    ];
    await house.sweep.sweep();
    expect(house.journal.filter((entry) => entry.startsWith('release'))).toEqual(['release 700']);
    expect(house.events('stranded-released')).toHaveLength(1);
    await house.frozen.stop();
  });

  it('are frozen in order where whoever touches is frozen', async () => {
    const house = holdHouse({ containment: 'freeze' });
    house.containment.strandedNow = [stranded];
    await house.sweep.sweep();
    expect(house.list.saved.get('stranded')).toMatchObject([{ pid: 700 }]);
    await house.frozen.stop();
  });

  it('go on at the next start, whatever they have open', async () => {
    const held = new FakeHeldJournal();
    held.holding(stranded);
    const house = holdHouse({ held });
    house.containment.stopped.add(700);
    await house.sweep.freeLeftBehind();
    expect(house.count('release 700')).toBe(1);
    expect(held.left()).toEqual([]);
  });
});

describe('a flood of processes at a trap', () => {
  const crowd = 3000;
  const least = 1000;

  async function flood(options: Parameters<typeof holdHouse>[0], held?: 'killed' | 'stopped') {
    const house = holdHouse(options);
    for (let number = 2000; number < 2000 + crowd; number += 1) {
      house.containment.stopped.add(number);
      house.orchestrator.touched(touch({ ...(held && { held }), actor: process(number) }));
    }
    await settled();
    return house;
  }

  function told(house: ReturnType<typeof holdHouse>, action: string) {
    const [single, sums] = [[], []] as [unknown[], number[]];
    for (const { message } of house.events(action)) {
      const count = /^(\d+) more times: /.exec(message)?.[1];
      if (count === undefined) single.push(message);
      else sums.push(Number(count));
    }
    return { single: single.length, inSum: sums.reduce((sum, one) => sum + one, 0), sums: sums.length };
  }

  it.each([
    ['actor-held', { containment: 'inspect' }, 'stopped'],
    ['actor-frozen', { containment: 'freeze' }, 'stopped'],
    ['actor-killed', { containment: 'kill' }, 'killed'],
  ] as const)('is told in sum beyond the budget of its touches, none left out: %s', async (action, options, held) => {
    const house = await flood(options, held);
    await house.clock.advance(10_000);
    const { single, inSum, sums } = told(house, action);
    expect(single).toBe(house.events('trap-touched').length);
    expect(single).toBeLessThan(least + 100);
    expect(single + inSum).toBe(crowd);
    expect(sums).toBe(1);
    expect(house.events(action).at(-1)).toMatchObject({
      incident: { id: house.events('incident-opened')[0]?.incident?.id },
    });
    await house.frozen.stop();
  });

  it('is told in sum of those too that could not be frozen', async () => {
    const house = holdHouse({ containment: 'freeze' });
    for (let number = 2000; number < 2000 + crowd; number += 1) {
      house.containment.gone.add(number);
      house.orchestrator.touched(touch({ actor: process(number) }));
    }
    await settled();
    await house.clock.advance(10_000);
    const { single, inSum } = told(house, 'containment-failed');
    expect(single).toBeLessThan(least + 100);
    expect(single + inSum).toBe(crowd);
  });

  it('is told in sum where one process is stopped at the same trap again and again', async () => {
    const house = holdHouse();
    for (let round = 0; round < 500; round += 1) {
      house.containment.stopped.add(pid);
      house.orchestrator.touched(stopped);
      await house.desk.releaseAll();
    }
    await settled();
    await house.records.flush();
    expect(told(house, 'actor-held')).toEqual({ single: 1, inSum: 499, sums: 1 });
  });

  it('is told in sum where those who stand still unheard are without end', async () => {
    const house = holdHouse();
    house.containment.strandedNow = Array.from({ length: crowd }, (_, index) => ({
      pid: 2000 + index,
      startedAtNs: 1n,
      name: 'cat',
    }));
    await house.sweep.sweep();
    await house.records.flush();
    const { single, inSum } = told(house, 'stranded-released');
    expect(single).toBeLessThan(200);
    expect(single + inSum).toBe(crowd);
  });
});
