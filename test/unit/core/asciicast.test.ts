import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  castCodes,
  castEventLine,
  castHeaderLine,
  parseCastEvent,
  parseCastHeader,
} from '../../../src/core/asciicast.js';

const size = fc.integer({ min: 0, max: 65_535 });
const text = fc.string({ unit: 'binary' });

describe('asciicast v3', () => {
  it('reads every header that it writes', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            columns: size,
            rows: size,
            terminalType: fc.string({ minLength: 1 }),
            timestamp: fc.nat(),
            command: text,
            title: text,
          },
          { requiredKeys: ['columns', 'rows'] },
        ),
        (header) => {
          const line = castHeaderLine(header);
          expect(line.indexOf('\n')).toBe(line.length - 1);
          expect(parseCastHeader(line)).toEqual(header);
        },
      ),
    );
  });

  it('reads every event that it writes, one a line', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...castCodes), text, (afterMs, code, data) => {
        const line = castEventLine({ afterMs, code, data });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(parseCastEvent(line)).toEqual({ afterMs, code, data });
      }),
    );
  });

  it('takes any line for what it is, without an error', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (line) => {
        parseCastHeader(line);
        parseCastEvent(line);
      }),
    );
    for (const line of ['', '# comment', '[1, "o"', '[-1, "o", ""]', '[1, "z", ""]', '[1, "o", 3]', 'null'])
      expect(parseCastEvent(line)).toBeUndefined();
    for (const line of [
      '{}',
      '[]',
      '{"version":2,"width":80,"height":24}',
      '{"version":3,"term":{"cols":-1,"rows":2}}',
    ])
      expect(parseCastHeader(line)).toBeUndefined();
  });

  it('writes the example of the format', () => {
    expect(castEventLine({ afterMs: 248, code: 'o', data: '\u001b[1mHi\n' })).toBe(
      '[0.248, "o", "\\u001b[1mHi\\n"]\n',
    );
    expect(parseCastEvent('[1.001, "r", "90x30"]')).toEqual({ afterMs: 1001, code: 'r', data: '90x30' });
  });
});
