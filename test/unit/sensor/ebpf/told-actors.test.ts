import { describe, expect, it } from 'vitest';
import { ToldActors } from '../../../../src/sensor/ebpf/told-actors.js';
import { actor } from '../../../support/touches.js';

const more = { pid: 812, startedAtNs: 5_000_000_000n };

describe('told actors', () => {
  it('knows again whose touches were counted', () => {
    const told = new ToldActors();
    told.remember(actor());
    expect(told.of(more)).toEqual(actor());
  });

  it('takes a later process with the same number for another one', () => {
    const told = new ToldActors();
    told.remember(actor());
    expect(told.of({ ...more, startedAtNs: 5_000_000_001n })).toEqual({
      certainty: 'kernel',
      process: { pid: 812, startedAtNs: 5_000_000_001n },
      ancestors: [],
    });
  });

  it('forgets those that were silent longest, when there are too many', () => {
    const told = new ToldActors();
    const one = (pid: number) => actor({ process: { pid, startedAtNs: 1n, name: 'x' } });
    told.remember(one(1));
    for (let pid = 2; pid <= 4096; pid += 1) told.remember(one(pid));
    told.remember(one(1));
    told.remember(one(5000));
    expect(told.of({ ...more, pid: 1, startedAtNs: 1n }).process?.name).toBe('x');
    expect(told.of({ ...more, pid: 2, startedAtNs: 1n }).process).not.toHaveProperty('name');
  });
});
