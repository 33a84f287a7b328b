import { describe, expect, it } from 'vitest';
import type { Containment } from '../../../src/core/ports/containment.js';
import { holdHouse } from '../../support/hold-house.js';
import { touch } from '../../support/touches.js';

const stranded = { pid: 700, startedAtNs: 1n, name: 'cat' };

describe('the watch over those who were stopped without anybody hearing of it', () => {
  it('lets go in 2 s whoever a script stops that is still being detached, long after the loss', async () => {
    const house = holdHouse();
    house.sweep.watchClosely();
    for (const pid of [700, 701, 702]) {
      await house.clock.advance(4800);
      house.containment.strandedNow = [{ ...stranded, pid }];
      await house.clock.advance(2000);
      expect(house.count(`release ${pid}`), `process ${pid}`).toBeGreaterThan(0);
      house.containment.strandedNow = [];
    }
    await house.sweep.stop();
    expect(house.clock.pendingTimers).toBe(0);
  });

  it('lets them go also where nobody noticed a loss, a while later', async () => {
    const house = holdHouse();
    house.sweep.watchClosely();
    await house.clock.advance(600_000);
    house.containment.strandedNow = [stranded];
    await house.clock.advance(6000);
    expect(house.count('release 700')).toBeGreaterThan(0);
    await house.sweep.stop();
  });

  it('looks seldom while all is well, and not at all where nobody is ever stopped', async () => {
    const house = holdHouse();
    const observing = holdHouse({ containment: 'observe', onTamper: 'observe' });
    for (const { sweep, clock } of [house, observing]) {
      sweep.watchClosely();
      await clock.advance(60_000);
    }
    const looksIn = async (one: typeof house, ms: number) => {
      const before = one.containment.looks;
      await one.clock.advance(ms);
      return one.containment.looks - before;
    };
    expect(await looksIn(house, 60_000)).toBe(12);
    expect(await looksIn(observing, 60_000)).toBe(0);
    await house.sweep.stop();
    await observing.sweep.stop();
  });

  it('leaves those alone for a moment whose touch is on its way', async () => {
    const house = holdHouse();
    house.containment.strandedNow = [{ pid: 812, startedAtNs: 5_000_000_000n, name: 'cat' }];
    house.containment.stopped.add(812);
    for (let lost = 0; lost < 10; lost += 1) house.sweep.watchClosely();
    await house.clock.advance(100);
    expect(house.count('release 812')).toBe(0);
    house.orchestrator.touched(touch({ held: 'stopped' }));
    await house.clock.advance(100);
    expect(house.events('actor-held')).toHaveLength(1);
    expect(house.events('stranded-released')).toEqual([]);
    await house.sweep.stop();
  });

  it('looks no more often in a flood of losses', async () => {
    const house = holdHouse();
    for (let lost = 0; lost < 100; lost += 1) {
      house.sweep.watchClosely();
      await house.clock.advance(10);
    }
    expect(house.containment.looks).toBeLessThan(5);
    await house.sweep.stop();
  });

  it('goes on after a look that failed', async () => {
    const house = holdHouse();
    const look = house.containment.stranded;
    house.containment.stranded = (() =>
      Promise.reject(new Error('EMFILE'))) as Containment['stranded'] as never;
    house.sweep.watchClosely();
    await house.clock.advance(1000);
    house.containment.stranded = look;
    house.containment.strandedNow = [stranded];
    await house.clock.advance(2000);
    expect(house.count('release 700')).toBeGreaterThan(0);
    expect(house.diagnostics.lines).toContain('error stranded processes: EMFILE');
    await house.sweep.stop();
  });

  it('freezes neither whom an operator has released nor a known reader', async () => {
    const house = holdHouse({ containment: 'freeze', exempt: [701] });
    await house.frozen.add({ ...stranded, atNs: 0n }, 'i');
    await house.frozen.carryOut({ incidentId: 'i', order: 'release' });
    house.journal.length = 0;
    house.containment.strandedNow = [stranded, { ...stranded, pid: 701 }, { ...stranded, pid: 702 }];
    await house.sweep.sweep();
    expect(house.journal.filter((entry) => entry.startsWith('release'))).toEqual([
      'release 700',
      'release 701',
    ]);
    expect([...house.list.saved.values()].flat().map(({ pid }) => pid)).toEqual([702]);
    await house.frozen.stop();
  });
});
