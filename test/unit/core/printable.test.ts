import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPrintable, printableText, toPrintable } from '../../../src/core/printable.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decoded(slice: Uint8Array): string | undefined {
  try {
    return strict.decode(slice);
  } catch {
    return undefined;
  }
}

function rendered(slice: Uint8Array, character: string): string {
  if (character === '\\') return '\\\\';
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) return character;
  return Array.from(slice, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** What `toPrintable` does, said as simply as can be: character by character, far too slow for use. */
function reference(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const slice = bytes.subarray(at, at + (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1));
    const character = decoded(slice);
    text += character === undefined ? `\\x${first.toString(16)}` : rendered(slice, character);
    at += character === undefined ? 1 : slice.length;
  }
  return text;
}

/** The same for the way back. */
function referenceBytes(text: string): Buffer {
  const pieces = [...text.matchAll(/\\x([0-9a-f]{2})|\\\\|[^\\]|\\/gu)].map(([piece, hex]) =>
    hex === undefined ? Buffer.from(piece === '\\\\' ? '\\' : piece) : Buffer.from(hex, 'hex'),
  );
  return Buffer.concat(pieces);
}

/** Bytes at the borders of what UTF-8 allows, where a hand-written check goes wrong. */
const borderBytes = [
  ...[0x00, 0x1f, 0x20, 0x5c, 0x61, 0x7e, 0x7f, 0x80, 0x8f, 0x90, 0x9b, 0x9f, 0xa0, 0xae, 0xbb, 0xbf],
  ...[0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe2, 0xed, 0xee, 0xef, 0xf0, 0xf3, 0xf4, 0xf5, 0xf8, 0xff],
];
const anyBytes = fc.oneof(
  fc.uint8Array(),
  fc.array(fc.constantFrom(...borderBytes), { maxLength: 24 }).map((bytes) => Uint8Array.from(bytes)),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
);

describe('printable', () => {
  it('does what the simple reference does, for any bytes', () => {
    const same = (bytes: Uint8Array) => {
      expect(toPrintable(bytes)).toBe(reference(bytes));
    };
    fc.assert(fc.property(anyBytes, same), { numRuns: 1000 });
    for (let first = 0; first < 256; first += 1) {
      for (const second of borderBytes) same(Uint8Array.of(first, second, 0x80, 0xbf, 0x41));
    }
  });

  it('does what the simple reference does, for any text on the way back', () => {
    const piece = fc.constantFrom('\\', 'x', '0', 'f', 'F', 'g', 'é', '😀', '\ud800');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(Buffer.from(fromPrintable(one))).toEqual(referenceBytes(one));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['invalid bytes', [0xff]],
    ['first bytes without the rest', [0xf0]],
    ['every other byte invalid', [0x61, 0xff]],
    ['controls', [0x0a]],
    ['C1 controls among letters', [0xc2, 0x9b, 0x61]],
    ['text directions', [0xe2, 0x80, 0xae]],
    ['backslashes', [0x5c]],
    ['letters', [0x61]],
  ])('does not hold up the daemon for 64 KiB of %s', (_, pattern) => {
    const bytes = Uint8Array.from(
      { length: 65_536 },
      (_, index) => pattern[index % pattern.length] as number,
    );
    // A few ms, where it once took 400 and more; the best of some runs because other tests run at the same time.
    const times = Array.from({ length: 5 }, () => {
      const before = performance.now();
      expect(fromPrintable(toPrintable(bytes)).length).toBe(bytes.length);
      return performance.now() - before;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('gives back the same bytes for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.from(fromPrintable(toPrintable(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('gives back the same text for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(Buffer.from(fromPrintable(printableText(text)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('never lets a control, invisible or line-separating character through', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(toPrintable(bytes)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        },
      ),
    );
  });

  it.each([
    ['newline', '\n', '\\x0a'],
    ['escape sequence', '\x1b[31m', '\\x1b[31m'],
    ['backslash', '\\x0a', '\\\\x0a'],
    ['C1 control', '\u009b', '\\xc2\\x9b'],
    ['text direction', '\u202eexe', '\\xe2\\x80\\xaeexe'],
  ])('renders %s so that it is seen', (_, text, rendered) => {
    expect(printableText(text)).toBe(rendered);
  });

  it('keeps names of other scripts readable', () => {
    expect(printableText('зарплата 給与 é "q"')).toBe('зарплата 給与 é "q"');
  });

  it('renders invalid UTF-8 byte by byte', () => {
    expect(toPrintable(Uint8Array.from([0x41, 0xff, 0xc3, 0x28]))).toBe('A\\xff\\xc3(');
  });
});
