import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import split2 from 'split2';
import { type ChainHead, chainStart, readLink } from './chain.js';

export interface Verification {
  readonly records: number;
  /** The first record's place; later than 1 when earlier records are in a rotated file. */
  readonly firstSeq?: number;
  readonly head?: ChainHead;
  /** The first few breaks, each as one line for a person. */
  readonly breaks: readonly string[];
}

const reportedBreaks = 20;

/**
 * Recomputes the whole chain of a log file.
 * @throws NodeJS.ErrnoException when the file cannot be read
 */
export async function verifyLog(path: string): Promise<Verification> {
  const breaks: string[] = [];
  let records = 0;
  let previous: ChainHead | undefined;
  let firstSeq: number | undefined;
  await pipeline(createReadStream(path, 'utf8'), split2(/\n/), async (lines) => {
    for await (const line of lines) check(line as string);
  });
  return {
    records,
    breaks,
    ...(firstSeq !== undefined && { firstSeq }),
    ...(previous !== undefined && { head: previous }),
  };

  function check(line: string): void {
    records += 1;
    const link = readLink(line);
    if (!link.valid) {
      report(`line ${records}: ${link.reason}`);
      return;
    }
    firstSeq ??= link.head.seq;
    const before = previous ?? (link.head.seq === 1 ? chainStart : undefined);
    if (before !== undefined && (link.prev !== before.hash || link.head.seq !== before.seq + 1))
      report(`line ${records}: record ${link.head.seq} does not follow record ${before.seq}`);
    previous = link.head;
  }

  function report(text: string): void {
    if (breaks.length < reportedBreaks) breaks.push(text);
  }
}
