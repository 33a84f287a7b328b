import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError, RequestReader } from '../../../../../src/decoy/services/redis/request-reader.js';
import { chunked } from '../chunked.js';

/** Everything that comes out for these pieces: commands, and the words of the mistake that ended it. */
function read(pieces: readonly Buffer[], isAuthenticated = true): unknown[] {
  const reader = new RequestReader();
  const out: unknown[] = [];
  try {
    for (const piece of pieces) {
      reader.add(piece);
      for (
        let words = reader.next(isAuthenticated);
        words !== undefined;
        words = reader.next(isAuthenticated)
      )
        if (words.length > 0) out.push(words);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    out.push({ mistake: error.message });
  }
  return out;
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'));
const written = (words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
const garbage = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '*',
        '$',
        '\r\n',
        '\n',
        '\r',
        '\0',
        '"',
        "'",
        '*1\r\n',
        '$-1\r\n',
        '*-1\r\n',
        '$3\r\n',
        '-',
        '%2\r\n',
        '~1\r\n',
        '_\r\n',
        'PING\r\n',
      ),
      fc.nat(99).map(String),
      bytes,
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('commands of a redis client', () => {
  it('come out word for word, however the stream is cut', () => {
    const commands = fc.array(fc.array(bytes, { minLength: 1, maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(commands, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (wanted, cuts) => {
        const stream = Buffer.from(wanted.map(written).join(''), 'latin1');
        expect(read(chunked(stream, cuts))).toEqual(wanted);
      }),
    );
  });

  it('and mistakes are the same for one piece as for many, whatever comes', () => {
    fc.assert(
      fc.property(
        garbage,
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        fc.boolean(),
        (stream, cuts, isAuthenticated) => {
          expect(read(chunked(stream, cuts), isAuthenticated)).toEqual(read([stream], isAuthenticated));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('are never made up: every word stands in what was sent', () => {
    fc.assert(
      fc.property(garbage, (stream) => {
        const sent = stream.toString('latin1');
        if (sent.includes('"') || sent.includes("'")) return;
        const words = read([stream]).filter((out): out is string[] => Array.isArray(out));
        for (const word of words.flat()) expect(sent).toContain(word);
      }),
      { numRuns: 1000 },
    );
  });

  it('that never end are not held for ever', () => {
    const line = Buffer.alloc(16 * 1024, 'a');
    expect(read(Array.from({ length: 5 }, () => line)).at(-1)).toEqual({ mistake: 'too big inline request' });
    expect(read([Buffer.from('*2\r\n$536870912\r\n')])).toEqual([{ mistake: 'invalid bulk length' }]);
    expect(read([Buffer.from('*2\r\n$99999\r\n')], false)).toEqual([
      { mistake: 'unauthenticated bulk length' },
    ]);
    expect(read([Buffer.from('*9999999999\r\n')])).toEqual([{ mistake: 'invalid multibulk length' }]);
  });
});
