import { describe, expect, it } from 'vitest';
import { type Attempt, heldMs, inMemoryEarly, parseAttempt, usedEarly } from '../../hold/attempt.js';
import { tally } from '../../hold/tally.js';

const held: Attempt = {
  outcome: 'ended',
  pid: 7,
  begun: 1_000_000n,
  opened: 9_000_000n,
  used: 9_100_000n,
  memory: false,
  published: false,
  stops: 1,
  isLate: false,
};

describe('a line of the attack', () => {
  it('is read', () => {
    expect(parseAttempt('ended 7 1000000 9000000 9100000 0 0 0 1 in-time')).toEqual(held);
  });

  it('is refused when it is none', () => {
    for (const text of ['', 'ended', 'gone 7 1 2 3 0 0 0 1 in-time', 'ended 7 1 2 3 0 2 0 1 in-time'])
      expect(() => parseAttempt(text), text).toThrow('not a line of the attack');
  });
});

describe('an attempt', () => {
  it('that read after it was let go has lost', () => {
    expect(usedEarly(held)).toBe(false);
    expect(inMemoryEarly(held)).toBe(false);
    expect(heldMs(held)).toBe(8);
  });

  it('that had a byte out when it stood still has won', () => {
    expect(usedEarly({ ...held, published: true })).toBe(true);
  });

  it('that nobody looked at in time is judged by its own clock', () => {
    const late = { ...held, stops: 0, isLate: true, published: true };
    expect(usedEarly(late)).toBe(false);
    expect(usedEarly({ ...late, used: 8_000_000n })).toBe(true);
    expect(usedEarly({ ...late, opened: 0n })).toBe(true);
  });

  it('that was never stopped was not held', () => {
    expect(heldMs({ ...held, stops: 0 })).toBeUndefined();
  });
});

describe('the tally', () => {
  it('counts what was got early, and what became of them', () => {
    const attempts: Attempt[] = [
      held,
      { ...held, memory: true },
      { ...held, memory: true, published: true, outcome: 'stopped' },
      { ...held, outcome: 'killed', opened: 0n, used: 0n, stops: 0 },
    ];
    expect(tally(attempts, 4)).toEqual({
      attempts: 4,
      outcomes: { ended: 2, stopped: 1, killed: 1 },
      stopped: 3,
      memory: 2,
      published: 1,
      late: 0,
      heldMs: { median: 8, p95: 8, count: 2 },
      onRecord: 4,
    });
  });
});
