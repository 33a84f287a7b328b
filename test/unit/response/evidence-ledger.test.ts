import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesForOmitted, EvidenceLedger, occupied } from '../../../src/response/evidence-ledger.js';

const ids = ['20261101-a', '20261102-b', '20261103-c', '20261104-d', '20261105-e'];
const mebibyte = 1024 * 1024;

type Step =
  | { readonly do: 'opened' | 'closed'; readonly id: string }
  | { readonly do: 'save'; readonly id: string; readonly bytes: number; readonly large: boolean };

const id = fc.constantFrom(...ids);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('opened' as const, 'closed' as const), id }),
    fc.record({
      do: fc.constant('save' as const),
      id,
      bytes: fc.integer({ min: 1, max: mebibyte / 2 }).map(occupied),
      large: fc.boolean(),
    }),
  ),
  { maxLength: 200, size: 'max' },
);

const bounds = { incidentBytes: mebibyte, totalBytes: 2 * mebibyte };

/** A ledger, and beside it what must be true of one. */
class Model {
  readonly ledger = new EvidenceLedger(bounds);
  readonly open = new Set<string>();
  readonly sizes = new Map<string, number>();
  removals = 0;

  take(step: Step): void {
    if (step.do === 'save') this.save(step.id, step.bytes, step.large);
    else {
      this.ledger[step.do](step.id);
      this.open[step.do === 'opened' ? 'add' : 'delete'](step.id);
    }
  }

  save(saved: string, bytes: number, large: boolean): void {
    const room = this.ledger.room(saved, bytes, large);
    if (!room.fits) return;
    const closed = [...this.sizes.keys()].filter((one) => one !== saved && !this.open.has(one)).sort();
    expect(room.remove).toEqual(closed.slice(0, room.remove.length));
    for (const one of room.remove) {
      this.removals += 1;
      this.ledger.removed(one);
      this.sizes.delete(one);
    }
    this.sizes.set(saved, (this.sizes.get(saved) ?? 0) + bytes);
    this.ledger.set(saved, this.sizes.get(saved) as number);
    const held = [...this.sizes.values()].map((one) => one + bytesForOmitted);
    expect(Math.max(...held)).toBeLessThanOrEqual(bounds.incidentBytes);
    expect(held.reduce((sum, one) => sum + one, 0)).toBe(this.ledger.total);
    expect(this.ledger.total).toBeLessThanOrEqual(bounds.totalBytes);
  }
}

describe('the bounds of evidence', () => {
  it('are never exceeded, no open incident gives way, and the oldest closed ones go first', () => {
    let removals = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const model = new Model();
        for (const step of all) model.take(step);
        removals += model.removals;
      }),
      { numRuns: 300 },
    );
    expect(removals).toBeGreaterThan(100);
  });

  it('keep room for small facts that large files do not get', () => {
    const ledger = new EvidenceLedger({ incidentBytes: 4 * mebibyte, totalBytes: 100 * mebibyte });
    expect(ledger.room('a', 3.5 * mebibyte, true).fits).toBe(false);
    expect(ledger.room('a', 2.5 * mebibyte, true).fits).toBe(true);
    ledger.set('a', 2.5 * mebibyte);
    expect(ledger.room('a', mebibyte, true)).toEqual({ fits: false, reason: 'bound of one incident' });
    expect(ledger.room('a', mebibyte, false).fits).toBe(true);
  });

  it('remove nothing for a file that would not fit even then', () => {
    const ledger = new EvidenceLedger({ incidentBytes: 8 * mebibyte, totalBytes: 8 * mebibyte });
    ledger.set('1-closed', mebibyte);
    ledger.set('2-open', 6.5 * mebibyte);
    ledger.opened('2-open');
    expect(ledger.room('3', 2 * mebibyte, false)).toEqual({ fits: false, reason: 'bound of all incidents' });
    expect(ledger.room('3', mebibyte, false)).toEqual({ fits: true, remove: ['1-closed'] });
  });
});
