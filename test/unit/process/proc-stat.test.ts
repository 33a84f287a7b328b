import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPrintable } from '../../../src/core/printable.js';
import { parseStat } from '../../../src/process/proc-stat.js';

const line = (name: Uint8Array, { parent = 7, session = 5, tty = 34816, ticks = '12345' } = {}) =>
  Buffer.concat([
    Buffer.from('42 ('),
    name,
    Buffer.from(
      `) S ${parent} 42 ${session} ${tty} -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 2703360 0 184467440737\n`,
    ),
  ]);

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('parseStat', () => {
  it('reads parent, session, terminal and start in ns', () => {
    expect(parseStat(line(bytes('sleep')))).toEqual({
      name: 'sleep',
      state: 'S',
      ofKernel: false,
      parent: 7,
      posixSession: 5,
      ttyNumber: 34816,
      startedAtNs: 123_450_000_000n,
    });
  });

  it.each([
    ') S 1 1 1 1 (',
    '((',
    'a) b',
    ' ',
    '\n',
    '\x1b[31m',
    '\x80\xff',
    'tmux: server',
    '',
  ])('is not misled by the name %j', (name) => {
    const stat = parseStat(line(bytes(name)));
    expect(stat).toMatchObject({ parent: 7, posixSession: 5, startedAtNs: 123_450_000_000n });
    expect(Buffer.from(fromPrintable(stat?.name ?? ''))).toEqual(bytes(name));
  });

  it('gives the bytes of every name back, and the same facts', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 0, max: 4_194_304 }),
        (name, parent) => {
          const stat = parseStat(line(name, { parent }));
          expect(stat?.parent).toBe(parent);
          expect(Buffer.from(fromPrintable(stat?.name ?? ''))).toEqual(Buffer.from(name));
        },
      ),
    );
  });

  it('keeps a start time beyond 2^53 exact', () => {
    expect(parseStat(line(bytes('x'), { ticks: '18446744073709551615' }))?.startedAtNs).toBe(
      18_446_744_073_709_551_615n * 10_000_000n,
    );
  });

  it('tells a thread of the kernel, a zombie, and the stack that each execve gives anew', () => {
    const stat = (state: string, flags: number, stack: string) =>
      parseStat(
        bytes(`9 (x) ${state} 2 0 0 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0 1 2 3 ${stack} 5 6\n`),
      );
    expect(stat('I', 69_238_880, '0')).toMatchObject({ ofKernel: true, state: 'I' });
    expect(stat('I', 69_238_880, '0')).not.toHaveProperty('stackStart');
    expect(stat('Z', 4_228_100, '140722')).toMatchObject({
      ofKernel: false,
      state: 'Z',
      stackStart: '140722',
    });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (content) => void parseStat(Buffer.from(content))),
    );
  });

  it('never throws on a damaged line, and never makes up a number', () => {
    const whole = line(bytes('sleep'));
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        const stat = parseStat(damaged);
        if (stat !== undefined) expect(Number.isSafeInteger(stat.parent)).toBe(true);
      }),
    );
  });

  it.each([
    '',
    '42',
    '42 (sleep',
    '42 sleep) S',
    '42 (sleep)',
    '42 (sleep) S 1 2 3',
    ')(',
  ])('refuses %j', (content) => {
    expect(parseStat(bytes(content))).toBeUndefined();
  });
});
