import { fromPrintable, toPrintable } from '../core/printable.js';

/** Stands after the arguments that were kept of a command line too long to be kept. */
const cutOff = '…';

/**
 * Reads `/proc/PID/cmdline`: arguments of any bytes, each ended by NUL. Empty for kernel threads. Of
 * more than `mostBytes` bytes the rest is dropped, and a last element `…` says so.
 */
export function parseCommandLine(content: Buffer, mostBytes = Number.POSITIVE_INFINITY): string[] {
  if (content.length > mostBytes) return [...parseCommandLine(content.subarray(0, mostBytes)), cutOff];
  if (content.length === 0) return [];
  const end = content.at(-1) === 0 ? content.length - 1 : content.length;
  const args: string[] = [];
  for (let from = 0; from <= end; ) {
    const nul = content.indexOf(0, from);
    const to = nul < 0 || nul > end ? end : nul;
    args.push(toPrintable(content.subarray(from, to)));
    from = to + 1;
  }
  return args;
}

/** More than any sensor gives of a command line: what lies beyond is not compared. */
const mostCompared = 4096;

/** Whether `whole` is `start` or goes on where `start` was cut off, be it within a character. */
export function continues(start: readonly string[], whole: readonly string[]): boolean {
  const startBytes = joined(start);
  return joined(whole).subarray(0, startBytes.length).equals(startBytes);
}

/** The first bytes of a command line, without reading the rest of it. */
function joined(args: readonly string[]): Buffer {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (const arg of args) {
    if (length >= mostCompared) break;
    if (pieces.length > 0) pieces.push(Uint8Array.of(0));
    // A printable byte has at most four characters.
    const bytes = fromPrintable(arg.slice(0, mostCompared * 4));
    pieces.push(bytes);
    length += bytes.length + 1;
  }
  return Buffer.concat(pieces).subarray(0, mostCompared);
}
