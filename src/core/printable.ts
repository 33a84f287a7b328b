/**
 * Names of files and processes are bytes chosen by an attacker. Everything that enters the domain
 * goes through `toPrintable` first, so that no later reader (terminal, log viewer, HTML, SIEM) ever
 * meets a control byte, and nothing is lost: `fromPrintable` gives the same bytes back.
 */

// Cc, Cf, Co, Cs, Cn: control, invisible and direction-changing characters; Zl, Zp: line separators.
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/u;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Renders bytes as text without control, invisible or invalid characters. Valid UTF-8 stays as it
 * is, a backslash becomes `\\`, every other byte becomes `\xHH`. Reversible.
 */
export function toPrintable(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes[at] as number);
    const slice = bytes.subarray(at, at + length);
    const character = decode(slice);
    if (character === undefined) {
      text += escapeByte(bytes[at] as number);
      at += 1;
    } else {
      text += character === '\\' ? '\\\\' : unsafe.test(character) ? escapeBytes(slice) : character;
      at += length;
    }
  }
  return text;
}

/** Printable form of a JavaScript string (its UTF-8 bytes). */
export function printableText(text: string): string {
  return toPrintable(new TextEncoder().encode(text));
}

/** The bytes that `toPrintable` rendered. Unknown escapes stand for themselves. */
export function fromPrintable(text: string): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [piece, hex] of text.matchAll(/\\x([0-9a-f]{2})|\\\\|[^\\]|\\/gu)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(...encoder.encode(piece === '\\\\' ? '\\' : piece));
  }
  return Uint8Array.from(bytes);
}

function characterLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

function decode(slice: Uint8Array): string | undefined {
  try {
    return strict.decode(slice);
  } catch {
    return undefined;
  }
}

function escapeBytes(slice: Uint8Array): string {
  return Array.from(slice, escapeByte).join('');
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
