import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/core/actor.js';
import { KnownActors } from '../../../../src/sensor/ebpf/known-actors.js';
import { actor } from '../../../support/touches.js';

const started = (startedAtNs: bigint, name = 'cat') =>
  actor({ process: { pid: 812, startedAtNs, name }, threadId: 813 });

const gone: Actor = { certainty: 'unknown', ancestors: [] };

describe('known actors', () => {
  it('knows an actor by its process and by its thread', () => {
    const known = new KnownActors();
    known.remember(started(5_000_000_001n));
    for (const id of [812, 813]) expect(known.of(id, undefined)?.process?.name).toBe('cat');
    expect(known.of(814, undefined)).toBeUndefined();
  });

  it('prefers what the kernel told of the same process to a look at it', () => {
    const known = new KnownActors();
    known.remember(started(5_000_000_001n));
    expect(known.ofSame(812, started(5_000_000_000n, 'looked'))?.process?.name).toBe('cat');
  });

  it('prefers the look when another process has the number now', () => {
    const known = new KnownActors();
    known.remember(started(5_000_000_001n));
    expect(known.ofSame(812, started(5_010_000_000n, 'later'))?.process?.name).toBe('later');
  });

  it('knows whoever is gone when told about the time at which its event was read', () => {
    const known = new KnownActors(() => 1000);
    known.remember(started(5_000_000_001n));
    for (const readAtMs of [900, 1300])
      expect(known.ofGone(813, readAtMs)).toMatchObject({ certainty: 'kernel', process: { name: 'cat' } });
  });

  it('only guesses whoever is gone when told earlier, and not for long: the number may be used again', () => {
    let now = 1000;
    const known = new KnownActors(() => now);
    known.remember(started(5_000_000_001n));
    const guess = known.ofGone(812, 1301);
    expect(guess).toMatchObject({ certainty: 'guess', process: { pid: 812, name: 'cat' } });
    expect(guess?.process).not.toHaveProperty('startedAtNs');
    now = 6000;
    expect(known.ofGone(812, 1301)).toBeUndefined();
    expect(known.ofGone(814, 1301)).toBeUndefined();
  });

  it('only guesses whoever is gone when two processes had the number about that time', () => {
    let now = 1000;
    const known = new KnownActors(() => now);
    known.remember(started(5_000_000_001n, 'old'));
    now = 1100;
    known.remember(started(6_000_000_001n, 'new'));
    known.remember(started(6_000_000_001n, 'new'));
    expect(known.ofGone(812, 1050)).toMatchObject({ certainty: 'guess', process: { name: 'new' } });
    expect(known.ofGone(812, 1350)).toMatchObject({ certainty: 'kernel', process: { name: 'new' } });
  });

  it('takes the look where the kernel told nothing', () => {
    expect(new KnownActors().ofSame(812, started(1n, 'looked'))?.process?.name).toBe('looked');
    expect(new KnownActors().ofSame(812, gone)).toBe(gone);
  });

  it('remembers a bounded number of them, the latest', () => {
    const known = new KnownActors();
    for (let pid = 1; pid <= 10_000; pid += 1) known.remember(actor({ process: { pid } }));
    expect(known.of(1, undefined)).toBeUndefined();
    expect(known.of(10_000, undefined)).toBeDefined();
  });
});
