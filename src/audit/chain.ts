import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Where a chain stands: the number and hash of its last record. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first record. */
export const chainStart: ChainHead = { seq: 0, hash: '0'.repeat(64) };

/** A record of the log; `phantom.chain` is added by `link`. */
export interface ChainableRecord {
  readonly [field: string]: unknown;
  readonly phantom: Readonly<Record<string, unknown>>;
}

/**
 * Adds `phantom.chain`: `seq` counts the records, `prev` is the hash of the one before, `hash` is
 * SHA-256 over the record without `phantom.chain.hash` in RFC 8785 canonical form. A record that is
 * changed, moved, taken out or put in between breaks every later link.
 */
export function link(record: ChainableRecord, after: ChainHead): { line: string; head: ChainHead } {
  const chain = { seq: after.seq + 1, prev: after.hash };
  const hash = hashOf({ ...record, phantom: { ...record.phantom, chain } });
  const linked = { ...record, phantom: { ...record.phantom, chain: { ...chain, hash } } };
  return { line: JSON.stringify(linked), head: { seq: chain.seq, hash } };
}

/** What a line of the log says of its place, or why it cannot be a record of a chain. */
export type LinkReading =
  | { readonly valid: true; readonly prev: string; readonly head: ChainHead }
  | { readonly valid: false; readonly reason: string };

/** Reads one line and recomputes its hash. Never throws, whatever the line holds. */
export function readLink(line: string): LinkReading {
  try {
    return readRecord(line, JSON.parse(line));
  } catch {
    // Not JSON, a number that is none, or nested deeper than any record of ours.
    return { valid: false, reason: 'it is not a record' };
  }
}

function readRecord(line: string, record: unknown): LinkReading {
  const phantom = (record as { phantom?: { chain?: unknown } } | null)?.phantom;
  const chain = phantom?.chain as { seq?: unknown; prev?: unknown; hash?: unknown } | undefined;
  if (!Number.isSafeInteger(chain?.seq) || typeof chain?.prev !== 'string' || typeof chain.hash !== 'string')
    return { valid: false, reason: 'it has no phantom.chain' };
  // Of a key that stands twice, parsers disagree which one counts.
  if (JSON.stringify(record).length !== line.length)
    return { valid: false, reason: 'it holds more than one record says' };
  const { hash, ...rest } = chain;
  const expected = hashOf({ ...(record as object), phantom: { ...phantom, chain: rest } });
  if (hash !== expected) return { valid: false, reason: 'its content does not match its hash' };
  return { valid: true, prev: chain.prev, head: { seq: chain.seq as number, hash } };
}

function hashOf(record: object): string {
  return createHash('sha256')
    .update(canonicalize(record) as string)
    .digest('hex');
}
