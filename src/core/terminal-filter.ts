/**
 * Makes what a program wrote to a terminal safe to be shown on another one. A recording is written by an
 * intruder: sequences that make a terminal answer, change its title or clipboard, its keys or its mouse are
 * commands to whoever looks at it. What is known to be harmless passes; everything else is dropped.
 *
 * The states are those of https://vt100.net/emu/dec_ansi_parser, with what xterm adds.
 */

type State = 'text' | 'escape' | 'escape-middle' | 'control' | 'string' | 'string-escape';

/** Longest control sequence that passes, without its introducer; real ones have a few dozen characters. */
const longestSequence = 128;

const esc = 0x1b;

/** Control characters that pass: BS, HT, LF, CR. No BEL: it would ring at each. */
const passingControls = new Set([0x08, 0x09, 0x0a, 0x0d]);

/**
 * Most characters of a string (OSC, DCS) that are swallowed: a terminal waits for its end for ever, and an
 * intruder who never sends it would hide the rest of a recording.
 */
const longestString = 65_536;

/**
 * ESC and one character: save and restore the cursor, index, next line, reverse index. Not `c` (reset), which
 * clears what the operator had, nor `Z`, which makes the terminal answer, nor `H`, which leaves a tab stop.
 */
const passingEscapes = new Set(['7', '8', 'D', 'E', 'M']);

/** ESC and two characters: the sets of characters, as `ESC ( 0` for lines. */
const passingSets = /^[()*+][0AB]$/;

/** What may follow `ESC [`. */
const passingSequences = new RegExp(
  `^(?:${[
    // Colours may have colons: `38:2::255:0:0`.
    '[\\d;:]*m',
    // Cursor, insert, delete, scroll, tabs, margins above and below.
    '\\d{0,5}(?:;\\d{0,5}){0,3}[@A-ILMPSXZ`adefr]',
    // With more numbers: tracking of the mouse, margins at the sides.
    '\\d{0,5}T|[su]',
    // Erase; not 3, the lines that have scrolled away, which are the operator's.
    '\\??[0-2]?[JK]',
    // Wrap (7), blinking (12) and visible cursor (25), the alternate screens.
    '\\?(?:7|12|25|47|104[789])(?:;(?:7|12|25|47|104[789])){0,7}[hl]',
    // Insert; shape of the cursor; a reset that keeps the screen.
    '4[hl]|[0-6]? q|!p',
  ].join('|')})$`,
);

export class TerminalFilter {
  #state: State = 'text';
  #sequence = '';
  #swallowed = 0;

  /** Harmless part of the text that comes next; sequences may be cut anywhere. */
  filter(text: string): string {
    let out = '';
    for (const character of text) out += this.#take(character);
    return out;
  }

  #take(character: string): string {
    const value = character.codePointAt(0) as number;
    // CAN and SUB end every sequence.
    if (value === 0x18 || value === 0x1a) return this.#reset('');
    switch (this.#state) {
      case 'text':
        return this.#text(character, value);
      case 'escape':
        return this.#escape(character, value);
      case 'escape-middle':
        return this.#escapeMiddle(character, value);
      case 'control':
        return this.#control(character, value);
      case 'string':
        return this.#string(value);
      case 'string-escape':
        return this.#stringEscape(character, value);
    }
  }

  #text(character: string, value: number): string {
    if (value === esc) return this.#enter('escape');
    if (value < 0x20 || value === 0x7f) return passingControls.has(value) ? character : '';
    if (value >= 0x80 && value <= 0x9f) return this.#eightBit(value);
    return isInvisible(value) ? '' : character;
  }

  /** C1: the same as ESC and a character. None passes; those that open a sequence swallow it. */
  #eightBit(value: number): string {
    if (value === 0x9b) {
      this.#enter('control');
      this.#sequence = refused;
    } else if ([0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(value)) this.#enter('string');
    return '';
  }

  #escape(character: string, value: number): string {
    if (value === esc) return this.#enter('escape');
    if (value < 0x20) return '';
    if (character === '[') return this.#enter('control');
    if ('PX]^_'.includes(character)) return this.#enter('string');
    if (value <= 0x2f) {
      this.#enter('escape-middle');
      this.#sequence = character;
      return '';
    }
    if (value >= 0x7f) return this.#again(character, value);
    return this.#reset(passingEscapes.has(character) ? `\u001b${character}` : '');
  }

  #escapeMiddle(character: string, value: number): string {
    if (value === esc) return this.#enter('escape');
    if (value < 0x20) return '';
    if (value >= 0x7f) return this.#again(character, value);
    if (value <= 0x2f) {
      this.#sequence = refused;
      return '';
    }
    const sequence = `${this.#sequence}${character}`;
    return this.#reset(passingSets.test(sequence) ? `\u001b${sequence}` : '');
  }

  #control(character: string, value: number): string {
    if (value === esc) return this.#enter('escape');
    // A terminal obeys them in the middle of a sequence.
    if (value < 0x20) return passingControls.has(value) ? character : '';
    if (value >= 0x7f) return this.#again(character, value);
    if (value < 0x40) {
      if (this.#sequence !== refused) this.#sequence += character;
      if (this.#sequence.length > longestSequence) this.#sequence = refused;
      return '';
    }
    const sequence = `${this.#sequence}${character}`;
    return this.#reset(passingSequences.test(sequence) ? `\u001b[${sequence}` : '');
  }

  /** OSC, DCS, SOS, PM, APC: swallowed until their end, which is ST or, for OSC, BEL. */
  #string(value: number): string {
    if (value === esc) return this.#enter('string-escape');
    this.#swallowed += 1;
    if (value === 0x07 || value === 0x9c || this.#swallowed > longestString) return this.#reset('');
    return '';
  }

  #stringEscape(character: string, value: number): string {
    if (character === '\\') return this.#reset('');
    this.#state = 'escape';
    return this.#escape(character, value);
  }

  #again(character: string, value: number): string {
    this.#reset('');
    return this.#text(character, value);
  }

  #enter(state: State): string {
    this.#state = state;
    this.#sequence = '';
    if (state === 'string') this.#swallowed = 0;
    return '';
  }

  #reset(out: string): string {
    this.#state = 'text';
    this.#sequence = '';
    return out;
  }
}

/** In the place of a sequence: whatever follows, it does not pass. No sequence has this character. */
const refused = 'x';

/** Characters that turn the direction of text, as in CVE-2021-42574, and separate lines unseen. */
function isInvisible(value: number): boolean {
  return (
    value === 0x061c ||
    (value >= 0x200e && value <= 0x200f) ||
    (value >= 0x2028 && value <= 0x202e) ||
    (value >= 0x2066 && value <= 0x2069) ||
    (value >= 0xd800 && value <= 0xdfff)
  );
}

/** Puts a terminal back as it was: main screen, cursor, wrap, colours, characters, margins, no insert. */
export const terminalRestored =
  '\u001b[!p\u001b[?1049l\u001b[?25h\u001b[?7h\u001b[4l\u001b[r\u001b(B\u000f\u001b[0m';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const passedSequences = /\u001b(?:\[[\d;:?! ]*[@-~]|[()*+].|.)|[\u0008\r]/gu;

/** Text of a recording without any escape sequence: what passes the filter, without what moves. */
export class PlainText {
  readonly #filter = new TerminalFilter();

  /** Lines end in line feeds alone. */
  text(text: string): string {
    return this.#filter.filter(text).replaceAll(passedSequences, '');
  }
}
