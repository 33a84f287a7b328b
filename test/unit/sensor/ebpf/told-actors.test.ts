import { describe, expect, it } from 'vitest';
import { ToldActors } from '../../../../src/sensor/ebpf/told-actors.js';
import { actor } from '../../../support/touches.js';

const more = { pid: 812, startedAtNs: 5_000_000_000n };

describe('told actors', () => {
  it('knows again whose touches were counted', () => {
    const told = new ToldActors();
    told.complete(actor());
    expect(told.of(more)).toEqual(actor());
  });

  it('takes a later process with the same number for another one', () => {
    const told = new ToldActors();
    told.complete(actor());
    expect(told.of({ ...more, startedAtNs: 5_000_000_001n })).toEqual({
      certainty: 'kernel',
      process: { pid: 812, startedAtNs: 5_000_000_001n },
      ancestors: [],
    });
  });

  it('forgets those that were silent longest, when there are too many', () => {
    const told = new ToldActors();
    const one = (pid: number) => actor({ process: { pid, startedAtNs: 1n, name: 'x' } });
    told.complete(one(1));
    for (let pid = 2; pid <= 4096; pid += 1) told.complete(one(pid));
    told.complete(one(1));
    told.complete(one(5000));
    expect(told.of({ ...more, pid: 1, startedAtNs: 1n }).process?.name).toBe('x');
    expect(told.of({ ...more, pid: 2, startedAtNs: 1n }).process).not.toHaveProperty('name');
  });

  it('completes one of a crowd by the ancestors that were told of a sibling', () => {
    const told = new ToldActors();
    const parent = { pid: 700, startedAtNs: 3n, name: 'sh' };
    const root = { pid: 1, startedAtNs: 1n, name: 'init' };
    told.complete(actor({ process: { pid: 812, startedAtNs: 5n }, ancestors: [parent, root] }));
    const sibling = actor({ process: { pid: 813, startedAtNs: 6n }, ancestors: [parent] });
    expect(told.complete(sibling).ancestors).toEqual([parent, root]);
    const stranger = actor({
      process: { pid: 814, startedAtNs: 6n },
      ancestors: [{ ...parent, startedAtNs: 4n }],
    });
    expect(told.complete(stranger).ancestors).toHaveLength(1);
  });

  it('gives a touch told in short the arguments of the same program, and of no other', () => {
    const told = new ToldActors();
    const process = { pid: 812, startedAtNs: 5n, name: 'cp' };
    told.complete(actor({ process: { ...process, args: ['cp', 'trap', 'loot'] } }));
    expect(told.complete(actor({ process })).process?.args).toEqual(['cp', 'trap', 'loot']);
    expect(told.complete(actor({ process: { ...process, name: 'tar' } })).process?.args).toBeUndefined();
  });
});
