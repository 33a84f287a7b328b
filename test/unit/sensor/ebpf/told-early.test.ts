import { describe, expect, it } from 'vitest';
import { ToldEarly } from '../../../../src/sensor/ebpf/told-early.js';
import { actor, touch } from '../../../support/touches.js';

describe('touches told early', () => {
  it('lets a touch pass that was not told before', () => {
    expect(new ToldEarly().rest(2, touch())).toEqual(touch());
  });

  it('takes what was told off the first touch and the counted ones of the script', () => {
    const early = new ToldEarly();
    early.told(2, touch({ atNs: 100n, count: 5 }));
    expect(early.rest(2, touch({ atNs: 90n }))).toBeUndefined();
    expect(early.rest(2, touch({ atNs: 300n, count: 3 }))).toBeUndefined();
    expect(early.rest(2, touch({ atNs: 400n, count: 3 }))?.count).toBe(2);
    expect(early.rest(2, touch({ atNs: 500n, count: 3 }))?.count).toBe(3);
  });

  it('is another touch when it is later, on another trap, of another process or another operation', () => {
    const early = new ToldEarly();
    early.told(2, touch({ atNs: 100n }));
    const others = [
      [3, touch({ atNs: 90n })],
      [2, touch({ atNs: 90n, op: 'read' })],
      [2, touch({ atNs: 90n, actor: actor({ process: { pid: 9 } }) })],
      [2, touch({ atNs: 101n })],
    ] as const;
    for (const [slot, other] of others) expect(early.rest(slot, other)).toBe(other);
    expect(early.rest(2, touch({ atNs: 90n }))).toBeDefined();
  });

  it('takes nothing off counted touches of a series whose first the script saw by itself', () => {
    const early = new ToldEarly();
    early.told(2, touch({ atNs: 100n, count: 5 }));
    expect(early.rest(2, touch({ count: 9 }))?.count).toBe(9);
  });
});
