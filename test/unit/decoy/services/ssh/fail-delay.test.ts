import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailDelay } from '../../../../../src/decoy/services/ssh/fail-delay.js';

const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('the delay of a refusal', () => {
  it("is PAM's second to three, and then up to the next doubling of the name's own time", () => {
    fc.assert(
      fc.property(fraction, fc.string(), (drawn, user) => {
        const delay = new FailDelay(() => drawn, '1');
        const pam = 2000 * (0.5 + drawn);
        const ms = delay.ofPassword(user);
        expect(ms).toBeGreaterThanOrEqual(pam);
        expect(ms).toBeLessThan(2 * pam);
        const doublings = Math.log2(ms / delay.ofOther(user));
        expect(Math.abs(doublings - Math.round(doublings))).toBeLessThan(1e-9);
      }),
    );
  });

  it('is five to ten milliseconds where PAM is not asked, the same for the same name', () => {
    const delay = new FailDelay();
    for (const user of ['root', 'deploy', '', 'x'.repeat(1000)]) {
      expect(delay.ofOther(user)).toBeGreaterThanOrEqual(5);
      expect(delay.ofOther(user)).toBeLessThan(9.5);
      expect(delay.ofOther(user)).toBe(delay.ofOther(user));
    }
    expect(new FailDelay().ofOther('root')).not.toBe(delay.ofOther('root'));
  });
});
