import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Repeats } from '../../../../src/sensor/marks/repeats.js';

it('loses and invents no touch, whatever the order of touches, reports and pauses', () => {
  const step = fc.record({ kind: fc.nat(5), pauseMs: fc.constantFrom(0, 1, 50, 1500), report: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const repeats = new Repeats<string>(1000);
      const happened = new Map<string, number>();
      const told = new Map<string, number>();
      const add = (counts: Map<string, number>, kind: string, count: number) =>
        counts.set(kind, (counts.get(kind) ?? 0) + count);
      let nowMs = 0;
      const report = () => {
        for (const { event, count } of repeats.take(nowMs)) add(told, event, count);
      };
      for (const { kind, pauseMs, report: due } of steps) {
        nowMs += pauseMs;
        const name = `kind ${kind}`;
        add(happened, name, 1);
        if (!repeats.repeats(name, nowMs)) {
          repeats.began(name, name, nowMs);
          add(told, name, 1);
        }
        if (due) report();
      }
      report();
      expect(repeats.waiting).toBe(false);
      expect(told).toEqual(happened);
    }),
  );
});

it('tells anew what was quiet for long enough', () => {
  const repeats = new Repeats<string>(1000);
  repeats.began('a', 'a', 0);
  expect(repeats.repeats('a', 900)).toBe(true);
  repeats.take(900);
  expect(repeats.repeats('a', 1901)).toBe(false);
});

it('stays bounded when very many kinds come once', () => {
  const repeats = new Repeats<string>(1_000_000);
  for (let kind = 0; kind < 30_000; kind += 1) repeats.began(`${kind}`, '', 0);
  expect(repeats.repeats('0', 0)).toBe(false);
  expect(repeats.repeats('29999', 0)).toBe(true);
});
