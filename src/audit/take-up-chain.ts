import { type ChainHead, chainStart, readLink } from './chain.js';
import type { RememberedChain } from './head-file.js';
import type { LogEnds } from './log-ends.js';

export interface TakenUp {
  /** Where the chain goes on. */
  readonly head: ChainHead;
  /** Number of the first record in the file. */
  readonly first: number;
  /** What is wrong with the file's ends, one line each. */
  readonly complaints: readonly string[];
}

/** Holds the two ends of a log against what was remembered of it apart from it. */
export function takeUpChain(
  ends: Pick<LogEnds, 'firstLine' | 'lastLine'>,
  remembered?: RememberedChain,
): TakenUp {
  const next = remembered ?? chainStart;
  if (ends.lastLine === undefined) {
    const complaint = `the log is empty, but ${remembered?.seq} records were written`;
    return { head: next, first: next.seq + 1, complaints: remembered === undefined ? [] : [complaint] };
  }
  const complaints: string[] = [];
  const first = readLink(ends.firstLine ?? '');
  const firstSeq = first.valid ? first.head.seq : next.seq + 1;
  if (!first.valid) complaints.push(`the first record was altered: ${first.reason}`);
  else if (remembered !== undefined && firstSeq > remembered.first)
    complaints.push(`the first ${firstSeq - remembered.first} records are missing`);
  const last = readLink(ends.lastLine);
  if (!last.valid) complaints.push(`the last record was altered: ${last.reason}`);
  else if (last.head.seq < next.seq)
    complaints.push(`the last ${next.seq - last.head.seq} records are missing`);
  const head = last.valid && last.head.seq >= next.seq ? last.head : next;
  return { head, first: firstSeq, complaints };
}
