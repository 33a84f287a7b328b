import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainableRecord,
  type ChainHead,
  chainStart,
  link,
  readLink,
} from '../../../src/audit/chain.js';

const record = fc.record({
  message: fc.string({ unit: 'binary' }),
  nested: fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.boolean())),
  phantom: fc.record({ trap: fc.record({ id: fc.string() }) }),
});

function chainOf(records: readonly ChainableRecord[]): string[] {
  let head: ChainHead = chainStart;
  return records.map((one) => {
    const linked = link(one, head);
    head = linked.head;
    return linked.line;
  });
}

describe('hash chain', () => {
  it('verifies whatever it wrote', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1 }), (records) => {
        let before = chainStart;
        for (const line of chainOf(records)) {
          const reading = readLink(line);
          expect(reading).toMatchObject({ valid: true, prev: before.hash });
          if (reading.valid) before = reading.head;
        }
        expect(before.seq).toBe(records.length);
      }),
    );
  });

  it('finds any change of a record', () => {
    fc.assert(
      fc.property(record, fc.string(), (original, message) => {
        fc.pre(message !== original.message);
        const [line = ''] = chainOf([original]);
        const edited = JSON.stringify({ ...JSON.parse(line), message });
        expect(readLink(edited)).toMatchObject({ valid: false });
      }),
    );
  });

  it('does not depend on the order of keys, which a log shipper may change', () => {
    const [line = ''] = chainOf([{ message: 'a', nested: { b: 1, a: 2 }, phantom: {} }]);
    const { phantom, nested, message } = JSON.parse(line);
    const reordered = JSON.stringify({ phantom, message, nested: { a: nested.a, b: nested.b } });
    expect(readLink(reordered)).toMatchObject({ valid: true });
  });

  it('is not deceived by a key that stands twice', () => {
    const [line = ''] = chainOf([{ message: 'a', phantom: {} }]);
    expect(readLink(line.replace('{', '{"message":"nothing happened",'))).toMatchObject({ valid: false });
  });

  it.each(['', 'garbage', '{}', '[]', 'null', '{"phantom":{"chain":{"seq":1}}}'])('refuses %j', (line) => {
    expect(readLink(line)).toMatchObject({ valid: false });
  });
});
