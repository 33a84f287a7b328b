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
    for (const id of [812, 813]) expect(known.of(id)?.process?.name).toBe('cat');
    expect(known.of(814)).toBeUndefined();
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

  it('gives whoever is gone its name for a while only: the number may be used again', () => {
    let now = 0;
    const known = new KnownActors(() => now);
    known.remember(started(5_000_000_001n));
    now = 4999;
    expect(known.ofSame(812, gone).process?.name).toBe('cat');
    now = 5001;
    expect(known.ofSame(812, gone)).toBe(gone);
  });

  it('takes the look where the kernel told nothing', () => {
    expect(new KnownActors().ofSame(812, started(1n, 'looked'))?.process?.name).toBe('looked');
    expect(new KnownActors().ofSame(812, gone)).toBe(gone);
  });

  it('remembers a bounded number of them, the latest', () => {
    const known = new KnownActors();
    for (let pid = 1; pid <= 10_000; pid += 1) known.remember(actor({ process: { pid } }));
    expect(known.of(1)).toBeUndefined();
    expect(known.of(10_000)).toBeDefined();
  });
});
