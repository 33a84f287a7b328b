import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPrintable, printableText, toPrintable } from '../../../src/core/printable.js';

describe('printable', () => {
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
