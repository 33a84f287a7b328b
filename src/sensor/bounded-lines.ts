import type { Readable } from 'node:stream';
import split from 'split2';

export interface LineOptions {
  readonly encoding: 'latin1' | 'utf8';
  /** What ends a line. */
  readonly separator: string | RegExp;
  /** Longest line in characters; longer ones are dropped. */
  readonly maxLength: number;
  readonly onLine: (line: string) => void;
  /** Number of lines dropped so far; called at each. */
  readonly onOverflow?: ((count: number) => void) | undefined;
}

/** Reads a stream line by line in bounded memory. */
export function readLines(stream: Readable, options: LineOptions): void {
  const { maxLength, onLine } = options;
  let dropped = 0;
  const drop = () => {
    dropped += 1;
    options.onOverflow?.(dropped);
  };
  // split2 decodes bytes as UTF-8 only; strings pass through it as they are.
  stream.setEncoding(options.encoding);
  const bounds = { maxLength, skipOverflow: true, decodeStrings: false };
  const lines = split(options.separator, bounds);
  const overflow = watchOverflow(lines, drop);
  lines.on('data', (line: string) => {
    if (line.length <= maxLength) onLine(line);
    // split2 hands out the start of a dropped line when the stream ends in the middle of it.
    else if (!overflow()) drop();
  });
  // A pipe torn by the child's death ends like one closed in order; the exit says the rest.
  stream.on('error', () => lines.end());
  lines.on('error', () => stream.resume());
  stream.pipe(lines);
}

/**
 * split2 drops in silence, but keeps in its `overflow` property whether it is inside a line that is
 * too long, and sets it at the start and the end of each (split2 4.2.0, index.js).
 */
function watchOverflow(lines: object, began: () => void): () => boolean {
  let inside = false;
  Object.defineProperty(lines, 'overflow', {
    get: () => inside,
    set: (value: boolean) => {
      if (value && !inside) began();
      inside = value;
    },
  });
  return () => inside;
}
