import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPrintable, toPrintable } from '../../../src/core/printable.js';
import { continues, parseCommandLine } from '../../../src/process/command-line.js';

const read = (text: string) => parseCommandLine(Buffer.from(text, 'latin1'));
const argument = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((byte) => byte !== 0));

describe('parseCommandLine', () => {
  it.each([
    ['', []],
    ['ls\0', ['ls']],
    ['ls\0-l\0', ['ls', '-l']],
    ['ls\0\0-l\0', ['ls', '', '-l']],
    ['ls\0\0', ['ls', '']],
    ['\0', ['']],
    // A process that wrote over its arguments, or a read that was cut off, ends without NUL.
    ['nginx: master', ['nginx: master']],
    ['a\0b', ['a', 'b']],
    ['a\nb\x1b\x80\0', ['a\\x0ab\\x1b\\x80']],
  ])('reads %j', (content, args) => {
    expect(read(content)).toEqual(args);
  });

  it('gives the bytes of all arguments back', () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), (args) => {
        const content = Buffer.concat(args.flatMap((arg) => [Buffer.from(arg), Buffer.of(0)]));
        expect(parseCommandLine(content).map((arg) => [...fromPrintable(arg)])).toEqual(
          args.map((arg) => [...arg]),
        );
      }),
    );
  });

  it.each([
    ['ab\0cd\0', 6, ['ab', 'cd']],
    ['ab\0cd\0', 5, ['ab', 'cd', '…']],
    ['ab\0cd\0', 4, ['ab', 'c', '…']],
    ['ab\0cd\0', 3, ['ab', '…']],
    ['ab\0cd\0', 2, ['ab', '…']],
    ['\xc3\xa9\0', 1, ['\\xc3', '…']],
  ])('cuts %j after %d bytes and says so', (content, mostBytes, args) => {
    expect(parseCommandLine(Buffer.from(content, 'latin1'), mostBytes)).toEqual(args);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.uint8Array(), (content) => void parseCommandLine(Buffer.from(content))));
  });
});

describe('continues', () => {
  it('knows arguments cut off anywhere, within a character too', () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), fc.nat(), (args, at) => {
        const content = Buffer.concat(args.flatMap((arg) => [Buffer.from(arg), Buffer.of(0)]));
        const cut = content.subarray(0, at % content.length);
        expect(continues(parseCommandLine(cut), parseCommandLine(content))).toBe(true);
      }),
    );
  });

  it('is as quick for endless arguments', () => {
    const endless = ['cat', 'x'.repeat(50_000_000)];
    const before = performance.now();
    expect(continues(['cat', 'xxx'], endless)).toBe(true);
    expect(continues(endless, ['cat', 'y'])).toBe(false);
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('is not taken in by another command line', () => {
    const printable = (...args: string[]) => args.map((arg) => toPrintable(Buffer.from(arg)));
    expect(continues(printable('cat', '/etc/pass'), printable('cat', '/etc/passwd'))).toBe(true);
    expect(continues(printable('cat', '/etc/passwd'), printable('cat', '/etc/pass'))).toBe(false);
    expect(continues(printable('cat'), printable('dog', 'cat'))).toBe(false);
    expect(continues(printable('a', 'b'), printable('a b'))).toBe(false);
  });
});
