/**
 * Names of files and processes are bytes chosen by an attacker. Everything that enters the domain
 * goes through `toPrintable` first, so that no later reader (terminal, log viewer, HTML, SIEM) ever
 * meets a control byte, and nothing is lost: `fromPrintable` gives the same bytes back.
 */

// Cc, Cf, Co, Cs, Cn: control, invisible and direction-changing characters; Zl, Zp: line separators.
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/u;

// U+FFFD too: the decoder puts it in the place of invalid bytes.
const doubtful = /[\p{C}\p{Zl}\p{Zp}\ufffd]/u;

// Not `fatal`: an exception costs more than a whole name, and an attacker chooses how many there are.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Renders bytes as text without control, invisible or invalid characters. Valid UTF-8 stays as it
 * is, a backslash becomes `\\`, every other byte becomes `\xHH`. Reversible.
 */
export function toPrintable(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return doubtful.test(text) ? escaped(bytes) : text.replaceAll('\\', '\\\\');
}

/** Printable form of a JavaScript string (its UTF-8 bytes). */
export function printableText(text: string): string {
  return toPrintable(encoder.encode(text));
}

/** The bytes that `toPrintable` rendered. Unknown escapes stand for themselves. */
export function fromPrintable(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  let end = 0;
  // In place: what an escape stands for is never longer than the escape.
  for (let at = 0; at < bytes.length; end += 1) {
    const value = bytes[at] === backslash ? escapedByte(bytes, at) : undefined;
    if (value !== undefined) {
      bytes[end] = value;
      at += 4;
    } else {
      bytes[end] = bytes[at] as number;
      at += bytes[at] === backslash && bytes[at + 1] === backslash ? 2 : 1;
    }
  }
  return bytes.slice(0, end);
}

const backslash = 0x5c;
const letterX = 0x78;

/** The byte that the escape at `at` stands for; undefined when there is none. */
function escapedByte(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at + 1] !== letterX) return undefined;
  const high = hexValue(bytes[at + 2]);
  const low = hexValue(bytes[at + 3]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

/** Of the digits that `toPrintable` writes: capitals are none of them. */
function hexValue(digit = 0): number | undefined {
  if (digit >= 0x30 && digit <= 0x39) return digit - 0x30;
  return digit >= 0x61 && digit <= 0x66 ? digit - 0x61 + 10 : undefined;
}

/** Written as bytes and decoded once: putting a string together from pieces takes many times longer. */
function escaped(bytes: Uint8Array): string {
  const out = new Uint8Array(bytes.length * 4);
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    const length = keptLength(bytes, at);
    if (first === backslash) out[end++] = backslash;
    for (const next = at + length; at < next; at += 1) out[end++] = bytes[at] as number;
    if (length > 0) continue;
    // The first byte alone is enough: the others of an unsafe character are invalid without it.
    out[end++] = backslash;
    out[end++] = letterX;
    out[end++] = hexDigits[first >> 4] as number;
    out[end++] = hexDigits[first & 15] as number;
    at += 1;
  }
  return decoder.decode(out.subarray(0, end));
}

const hexDigits = encoder.encode('0123456789abcdef');

/** Length in bytes of the valid and safe character at `at`, 0 when there is none. */
function keptLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  const length = lengthByFirst[first] as number;
  if (length < 2) return length;
  let code = first & (0x7f >> length);
  for (let next = at + 1; next < at + length; next += 1) {
    const byte = bytes[next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return 0;
    code = (code << 6) | (byte & 0x3f);
  }
  return code >= (smallest[length] as number) && isSafe(code) ? length : 0;
}

/** Length of a character by its first byte; 0 for one that is escaped whatever follows. */
const lengthByFirst = Uint8Array.from({ length: 256 }, (_, first) => {
  if (first < 0x80) return unsafe.test(String.fromCharCode(first)) ? 0 : 1;
  // The middle of a character, or never in UTF-8.
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
});

/** Smallest code point by length in bytes: a smaller one is overlong. */
const smallest = [0, 0, 0x80, 0x800, 0x1_0000];
const largest = 0x10_ffff;

/** Answers of the expression, which is slow for single characters: 1 safe, 2 not, 0 not asked yet. */
const known = new Uint8Array(largest + 1);

function isSafe(code: number): boolean {
  if (code > largest) return false;
  // Surrogates are no characters of UTF-8, and unsafe by the expression (Cs).
  known[code] ||= unsafe.test(String.fromCodePoint(code)) ? 2 : 1;
  return known[code] === 1;
}
