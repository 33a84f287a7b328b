import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/sensor/ebpf/counters.js';

const more = {
  processor: 0,
  slot: 2,
  op: 1,
  pid: 812,
  startedAtNs: 50n,
  total: 5,
  last: false,
};

describe('counters', () => {
  it('gives by how much one rose since it was told last', () => {
    const counters = new Counters();
    expect(counters.raised(more)).toBe(5);
    expect(counters.raised({ ...more, total: 9 })).toBe(4);
    expect(counters.raised({ ...more, total: 9, last: true })).toBe(0);
    expect(counters.raised({ ...more, total: 3 })).toBe(3);
  });

  it('keeps those of different processors, traps and processes apart', () => {
    const counters = new Counters();
    counters.raised(more);
    for (const other of [{ slot: 3 }, { op: 2 }, { pid: 813 }, { startedAtNs: 51n }])
      expect(new Counters().raised({ ...more, ...other })).toBe(5);
    expect(counters.raised({ ...more, processor: 1 })).toBe(5);
    // One that is pid 820 has the same counter as 812.
    expect(counters.raised({ ...more, pid: 820, total: 7 })).toBe(7);
  });

  it('counts every touch once, however often and when the counter was told', () => {
    const steps = fc.array(fc.constantFrom('touch', 'heartbeat', 'evicted'), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (steps) => {
        const counters = new Counters();
        let [touches, counted, total] = [0, 0, 0];
        const tell = (last: boolean) => {
          if (total > 0) counted += counters.raised({ ...more, total, last });
          if (last) total = 0;
        };
        for (const step of steps) {
          if (step === 'touch') [touches, total] = [touches + 1, total + 1];
          else tell(step === 'evicted');
        }
        tell(true);
        expect(counted).toBe(touches);
      }),
    );
  });
});
