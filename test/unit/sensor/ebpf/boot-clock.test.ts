import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BootClock } from '../../../../src/sensor/ebpf/boot-clock.js';

const day = 86_400_000_000_000n;

describe('boot clock', () => {
  it('knows nothing before the first observation', () => {
    expect(new BootClock().toEpochNs(5n)).toBeUndefined();
  });

  it('is never further from the truth than the tightest observation was wide', () => {
    const gap = fc.bigInt({ min: 0n, max: 1_000_000n });
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, gap), { minLength: 1 }), (observations) => {
        const clock = new BootClock();
        for (const [before, after] of observations)
          clock.observe(1000n, day + 1000n - before, day + 1000n + after);
        const error = (clock.toEpochNs(1000n) as bigint) - (day + 1000n);
        const widths = observations.map(([before, after]) => Number(before + after));
        expect(Math.abs(Number(error))).toBeLessThanOrEqual(Math.min(...widths));
      }),
    );
  });

  it('follows when the wall clock is set', () => {
    const clock = new BootClock();
    clock.observe(1000n, 2000n, 2010n);
    clock.observe(5000n, day + 6000n, day + 6010n);
    expect(clock.toEpochNs(5000n)).toBe(day + 6005n);
  });
});
