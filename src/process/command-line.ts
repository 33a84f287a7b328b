import { fromPrintable, toPrintable } from '../core/printable.js';

/** Reads `/proc/PID/cmdline`: arguments of any bytes, each ended by NUL. Empty for kernel threads. */
export function parseCommandLine(content: Buffer): string[] {
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

/** Whether `whole` is `start` or goes on where `start` was cut off, be it within a character. */
export function continues(start: readonly string[], whole: readonly string[]): boolean {
  const startBytes = joined(start);
  return joined(whole).subarray(0, startBytes.length).equals(startBytes);
}

function joined(args: readonly string[]): Buffer {
  return Buffer.concat(
    args.flatMap((arg, index) => (index === 0 ? [] : [Buffer.of(0)]).concat(Buffer.from(fromPrintable(arg)))),
  );
}
