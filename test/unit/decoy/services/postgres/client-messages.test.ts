import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BadLength,
  largestKept,
  MessageReader,
} from '../../../../../src/decoy/services/postgres/message-reader.js';
import { QueryTalk } from '../../../../../src/decoy/services/postgres/query-talk.js';
import { readStartupPacket } from '../../../../../src/decoy/services/postgres/startup-packet.js';
import {
  timeoutAfter,
  timeoutSetting,
} from '../../../../../src/decoy/services/postgres/statement-timeout.js';
import { chunked } from '../chunked.js';

const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 9 }));
const body = fc.uint8Array({ maxLength: 60 });

function typed(type: string, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5, type, 'latin1');
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** Messages, and what ended them. */
function read(pieces: readonly Buffer[]): unknown[] {
  const reader = new MessageReader();
  const out: unknown[] = [];
  try {
    for (const piece of pieces) {
      reader.add(piece);
      for (let got = reader.next(false); got !== undefined; got = reader.next(false))
        out.push([got.type, got.body.toString('latin1'), got.size]);
    }
  } catch (error) {
    if (!(error instanceof BadLength)) throw error;
    out.push(error.message);
  }
  return out;
}

describe('messages of a postgres client', () => {
  it('come out byte for byte, however the stream is cut', () => {
    const messages = fc.array(fc.tuple(fc.constantFrom(...'QPBDESHXpdcf?'), body), { maxLength: 6 });
    fc.assert(
      fc.property(messages, cuts, (wanted, lengths) => {
        const stream = Buffer.concat(wanted.map(([type, bytes]) => typed(type, bytes)));
        expect(read(chunked(stream, lengths))).toEqual(
          wanted.map(([type, bytes]) => [
            type.charCodeAt(0),
            Buffer.from(bytes).toString('latin1'),
            bytes.length,
          ]),
        );
      }),
    );
  });

  it('are the same for one piece as for many, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, lengths) => {
        const stream = Buffer.from(bytes);
        expect(read(chunked(stream, lengths))).toEqual(read([stream]));
      }),
      { numRuns: 1000 },
    );
  });

  it('that are too large are passed over, not held, and the next one is read', () => {
    const reader = new MessageReader();
    const head = Buffer.from('Q\0\0\0\0', 'latin1');
    head.writeInt32BE(3 * largestKept + 4, 1);
    reader.add(head);
    expect(reader.next(false)).toMatchObject({ size: 3 * largestKept, body: Buffer.alloc(0) });
    const piece = Buffer.alloc(largestKept / 2);
    for (let n = 0; n < 6; n += 1) {
      expect(reader.held).toBe(0);
      reader.add(piece);
    }
    reader.add(typed('S', new Uint8Array()));
    expect(reader.next(false)?.type).toBe('S'.charCodeAt(0));
  });

  it('of the start never crash it, and a name is one that was sent', () => {
    const text = fc.stringMatching(/^[ -~]{1,20}$/);
    const packet = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.tuple(fc.constantFrom('user', 'database', 'options', '_pq_.x', 'replication'), text))
        .map((pairs) =>
          Buffer.from(
            `\0\x03\0\0${pairs
              .flat()
              .map((word) => `${word}\0`)
              .join('')}\0`,
          ),
        ),
    );
    fc.assert(
      fc.property(packet, (bytes) => {
        const read = readStartupPacket(bytes);
        if (read.kind === 'startup') expect(bytes.toString('utf8')).toContain(read.user);
      }),
      { numRuns: 2000 },
    );
  });

  it('tell a query only where one was sent, and hold a bounded batch', () => {
    const step = fc.tuple(
      fc.constantFrom(...'QPBDESHFdcfX?'),
      fc.oneof(
        fc.constantFrom('COPY t FROM STDIN\0', 'SELECT 1\0', '\0SELECT 2\0', '\\.\n', ''),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const talk = new QueryTalk();
        for (const [letter, text] of steps) {
          const whole = typed(letter, Buffer.from(text));
          const got = { type: letter.charCodeAt(0), body: whole.subarray(5), whole, size: whole.length - 5 };
          for (const told of talk.step(got))
            if (told.kind === 'query') {
              expect('QP').toContain(letter);
              expect(got.body.toString()).toContain(told.text);
            }
        }
      }),
      { numRuns: 1000 },
    );
    const talk = new QueryTalk();
    const whole = typed('B', Buffer.alloc(4 * 1024 * 1024));
    const got = { type: 0x42, body: whole.subarray(5), whole, size: whole.length - 5 };
    const kinds = Array.from({ length: 12 }, () => talk.step(got).map(({ kind }) => kind)).flat();
    expect(kinds).toContain('tooMuch');
  });
});

describe('statement_timeout', () => {
  it('is taken from statements as the server reads it', () => {
    for (const [text, wanted] of [
      [`SET statement_timeout = '5s'`, 5000],
      ['set session statement_timeout to 300', 300],
      [`SET statement_timeout TO '1min'; SELECT 1`, 60_000],
      ['SET statement_timeout = 0', 0],
      ['RESET statement_timeout', 9],
      ['SET statement_timeout TO DEFAULT', 9],
      ['RESET ALL', 9],
      [`SET statement_timeout = '5 parsecs'`, 7],
      ['SELECT 1', 7],
      ['SHOW statement_timeout', 7],
    ] as const)
      expect([text, timeoutAfter(text, 7, 9)]).toEqual([text, wanted]);
    expect([' 5s', '250', 'x', '99999999999'].map(timeoutSetting)).toEqual([5000, 250, 0, 0]);
  });

  it('is a time that a timer can keep, whatever is said', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const time of [timeoutSetting(text), timeoutAfter(`SET statement_timeout = ${text}`, 0, 0)]) {
          expect(time).toBeGreaterThanOrEqual(0);
          expect(time).toBeLessThanOrEqual(0x7fff_ffff);
        }
      }),
    );
  });
});
