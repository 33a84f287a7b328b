import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainText, TerminalFilter } from '../../../src/core/terminal-filter.js';

const esc = '\u001b';
const filtered = (text: string) => new TerminalFilter().filter(text);

/** Everything that a terminal may be sent: text, and whole sequences of the forms that are harmless. */
const harmless =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  /^(?:[^\u0000-\u001f\u007f-\u009f]|[\u0008\t\n\r]|\u001b[78DEM]|\u001b[()*+][0AB]|\u001b\[[\d;:]*m|\u001b\[[\d;]*[@A-MPSTXZ`adefrsu]|\u001b\[\?(?:[\d;]+[hl]|[012]?[JK])|\u001b\[4[hl]|\u001b\[[0-6]? q|\u001b\[!p)*$/u;

const pieces = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    ...[
      esc,
      `${esc}[`,
      `${esc}]`,
      `${esc}P`,
      `${esc}_`,
      `${esc}^`,
      `${esc}X`,
      `${esc}\\`,
      '\u009b',
      '\u009d',
      '\u0090',
    ],
    ...[
      '\u0007',
      '\u009c',
      '\u0018',
      '?',
      '>',
      '=',
      '!',
      '$',
      ' ',
      ';',
      ':',
      '1',
      '52',
      '1049',
      '2004',
      '6',
      '99999',
    ],
    ...[
      'h',
      'l',
      'm',
      'n',
      'c',
      't',
      'p',
      'q',
      'J',
      'H',
      'r',
      'x',
      '(',
      '#',
      '8',
      'Z',
      'é',
      '漢',
      '\r',
      '\n',
    ],
  ),
);

describe('what a terminal is shown of a recording', () => {
  it('keeps text, colours, cursor, erasing and the alternate screen', () => {
    for (const text of [
      'ls -la\r\n',
      'привет, Grüße, 漢字 🙂',
      `${esc}[1;31mred${esc}[0m ${esc}[38;2;1;2;3mtrue${esc}[m ${esc}[38:5:9mcolon`,
      `${esc}[2J${esc}[H${esc}[10;20H${esc}[K${esc}[3A${esc}[s${esc}[u${esc}7${esc}8`,
      `${esc}[?1049h${esc}[?25l${esc}[1;24r${esc}[?25h${esc}[?1049l`,
      `${esc}(0lqqk${esc}(B`,
      `${esc}[2 q`,
    ])
      expect(filtered(text)).toBe(text);
  });

  it.each([
    ['a title', `${esc}]0;title\u0007`],
    ['a title that ST ends', `${esc}]2;title${esc}\\`],
    ['the clipboard', `${esc}]52;c;cm0gLXJmIC8=\u0007`],
    ['a link', `${esc}]8;;http://evil/${esc}\\`],
    ['a DCS request', `${esc}P$qm${esc}\\`],
    ['a sixel', `${esc}Pq#0;2;0;0;0${esc}\\`],
    ['an APC', `${esc}_Gf=100;AAAA${esc}\\`],
    ['a PM', `${esc}^text${esc}\\`],
    ['an SOS', `${esc}Xtext${esc}\\`],
    ['a status report', `${esc}[6n${esc}[5n${esc}[?6n`],
    ['device attributes', `${esc}[c${esc}[>c${esc}[=c${esc}[0c${esc}Z`],
    ['a report of the window', `${esc}[21t${esc}[18t${esc}[8;1;1t`],
    ['a report of a mode', `${esc}[?2004$p`],
    ['the version', `${esc}[>q`],
    ['the mouse', `${esc}[?1000h${esc}[?1006h`],
    ['bracketed paste', `${esc}[?2004h`],
    ['the keypad and cursor keys', `${esc}=${esc}>${esc}[?1h${esc}[?66h`],
    ['several modes of which one is not harmless', `${esc}[?25;1003h`],
    ['a locked keyboard', `${esc}[2h`],
    ['a full reset', `${esc}c`],
    ['the lines that scrolled away', `${esc}[3J`],
    ['a printer', `${esc}[5i${esc}[4i`],
    ['8-bit CSI', '\u009b6n'],
    ['8-bit OSC', '\u009d0;x\u009c'],
    ['8-bit DCS', '\u0090$qm\u009c'],
    ['other C1', '\u0085\u009a\u0080'],
    ['bells and other controls', '\u0007\u0000\u0005\u000e\u007f'],
    ['directions of text', '\u202e\u2066\u061c'],
    ['keys of kitty and xterm', `${esc}[>4;2m${esc}[>1u${esc}[=1;1u${esc}[?u`],
    ['a checksum', `${esc}[1;1;1;1;1;1*y`],
    ['margins at the sides, tracking of the mouse', `${esc}[1;5s${esc}[1;2;3;4;5T`],
    ['tab stops', `${esc}H${esc}[3g`],
    ['UTF-8 switched off, large letters', `${esc}%@${esc}#8`],
  ])('drops %s', (_, text) => {
    expect(filtered(`a${text}b`)).toBe('ab');
  });

  it('takes a sequence that a cut or a character breaks off for nothing', () => {
    expect(filtered(`a${esc}[12\u0018b`)).toBe('ab');
    expect(filtered(`a${esc}[1${esc}[mb`)).toBe(`a${esc}[mb`);
    expect(filtered(`a${esc}]0;never ended`)).toBe('a');
    expect(filtered(`a${esc}[${'1;'.repeat(100_000)}mb`)).toBe('ab');
  });

  it('shows again what comes after a string without end', () => {
    const filter = new TerminalFilter();
    filter.filter(`${esc}]0;${'x'.repeat(70_000)}`);
    expect(filter.filter('hidden?')).toBe('hidden?');
  });

  it('is harmless whatever was recorded', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(filtered(parts.join(''))).toMatch(harmless);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same wherever a sequence was cut', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const whole = parts.join('');
        const filter = new TerminalFilter();
        expect([...whole].map((character) => filter.filter(character)).join('')).toBe(filtered(whole));
      }),
    );
  });

  it('has no escape sequence at all as plain text', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
        expect(new PlainText().text(parts.join(''))).toMatch(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/);
      }),
      { numRuns: 1000 },
    );
    expect(new PlainText().text(`${esc}[1mroot${esc}[0m@${esc}(Bdb\r\n`)).toBe('root@db\n');
  });
});
