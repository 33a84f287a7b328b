import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KernelTouch } from '../../../../src/sensor/ebpf/touch-assembler.js';
import { transcript } from '../../../support/hostile-lines.js';
import { expectHarmless, read } from '../../../support/read-output.js';

describe('output of bpftrace', () => {
  it('of real touches is read wholly, without a loss', () => {
    for (const set of ['page-cache', 'syscalls', 'light'] as const) {
      const touches: KernelTouch[] = [];
      expect(read(transcript(set), (touch) => touches.push(touch))).toEqual({ lost: 0, unreadable: 0 });
      expect(touches.length).toBeGreaterThan(1);
      for (const { whole, slot, comm, numbers, ancestors } of touches) {
        expect([whole, slot > 1 || slot === 0]).toEqual([true, true]);
        expect(comm).toBeDefined();
        expect(numbers?.namespaces.pid).toBeGreaterThan(0);
        expect(ancestors.at(-1)?.pid).toBe(1);
      }
    }
  });

  it('that is damaged crashes nothing, invents no touch and fills no memory', () => {
    expectHarmless(100_000);
  }, 60_000);

  it('of any letters and numbers crashes nothing and invents no touch', () => {
    const line = fc.tuple(
      fc.constantFrom(...'tcngvyademhprufbsxwo'),
      fc.nat(3),
      fc.nat(20),
      fc.array(fc.oneof(fc.nat(), fc.string({ maxLength: 9 })), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (many) => {
        const heads = many.filter(([letter]) => letter === 't').length;
        let touches = 0;
        const printed = many.map(([letter, cpu, seq, rest]) => {
          const data = `${[letter, cpu, seq, ...rest].join(' ')}\n`;
          return JSON.stringify({ type: 'printf', data });
        });
        read(printed, () => {
          touches += 1;
        });
        expect(touches).toBeLessThanOrEqual(heads);
      }),
      { numRuns: 2000 },
    );
  });
});
