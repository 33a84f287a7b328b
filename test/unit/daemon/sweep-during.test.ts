import { describe, expect, it } from 'vitest';
import { sweepDuring } from '../../../src/daemon/sweep-during.js';
import { until } from '../../support/until.js';

describe('the sweeps while an earlier script is being detached', () => {
  function fakeSweep() {
    const done: string[] = [];
    return {
      done,
      freeLeftBehind: async () => void done.push('left behind'),
      sweep: async () => void done.push('sweep'),
    };
  }

  it('come again and again, and once after it', async () => {
    const sweep = fakeSweep();
    let detach = (_: string) => {};
    const detached = new Promise<string>((resolve) => {
      detach = resolve;
    }).then((result) => {
      sweep.done.push('detached');
      return result;
    });
    const swept = sweepDuring(sweep, detached, { everyMs: 5 });
    await until('several sweeps', () => sweep.done.length >= 8);
    detach('result');
    expect(await swept).toBe('result');
    expect(sweep.done.slice(0, 2)).toEqual(['left behind', 'sweep']);
    expect(sweep.done.slice(sweep.done.lastIndexOf('detached') + 1)).toContain('sweep');
  });

  it('come also after a wait that failed, whose error is told', async () => {
    const sweep = fakeSweep();
    await expect(sweepDuring(sweep, Promise.reject(new Error('EIO')), { everyMs: 5 })).rejects.toThrow('EIO');
    expect(sweep.done).toContain('sweep');
  });

  it('end with the wait where nobody is to look any more', async () => {
    const sweep = fakeSweep();
    await sweepDuring(sweep, Promise.resolve(), { everyMs: 5, isOver: () => true });
    expect(sweep.done).toEqual([]);
  });
});
