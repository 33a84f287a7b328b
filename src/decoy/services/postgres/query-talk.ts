import type { ClientMessage } from './message-reader.js';
import { message } from './messages.js';

/** What to do with messages of a client whose session is open. */
export type TalkStep =
  /** Give these bytes to the database; `strip` what it says about COPY, which was said already. */
  | { readonly kind: 'ask'; readonly bytes: Uint8Array; readonly strip?: boolean }
  /** Say this to the client, and wait for its data. */
  | { readonly kind: 'say'; readonly bytes: Uint8Array }
  | { readonly kind: 'query'; readonly text: string }
  | { readonly kind: 'tooMuch'; readonly size: number }
  | { readonly kind: 'unknown'; readonly type: number }
  | { readonly kind: 'end' };

/** Bytes that wait for the end of a batch: of COPY data, or messages before Sync. */
const mostGathered = 16 * 1024 * 1024;

const [query, parse, sync, flush, call, copyData, copyDone, copyFail, terminate] = [...'QPSHFdcfX'].map(
  (letter) => letter.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number];
const gathered = new Set([...'PBDEC'].map((letter) => letter.charCodeAt(0)));

/**
 * Gathers messages into what the database takes at once: it cannot wait for more in the middle, so that a COPY is
 * given to it when all of its data is there.
 */
export class QueryTalk {
  #batch: Uint8Array[] = [];
  #size = 0;
  #inCopy = false;

  step(got: ClientMessage): readonly TalkStep[] {
    if (got.whole.length === 0) return this.#passedOver(got);
    if (this.#inCopy) return this.#copying(got);
    if (got.type === terminate) return [{ kind: 'end' }];
    if (got.type === query) return this.#query(got);
    if (got.type === parse) return [{ kind: 'query', text: parsedText(got.body) }, ...this.#gather(got)];
    if (gathered.has(got.type)) return this.#gather(got);
    if (got.type === sync || got.type === flush || got.type === call)
      return [...this.#gather(got), this.#ask()];
    // Left over from a COPY that failed: the server drops them as well.
    if ([copyData, copyDone, copyFail].includes(got.type)) return [];
    return [{ kind: 'unknown', type: got.type }];
  }

  #query(got: ClientMessage): readonly TalkStep[] {
    const text = textOf(got.body, 0);
    const told: TalkStep = { kind: 'query', text };
    const gathering = this.#gather(got);
    if (!copiesIn(text)) return [told, ...gathering, this.#ask()];
    this.#inCopy = true;
    // Text format, and no columns told: no client looks at them.
    return [told, ...gathering, { kind: 'say', bytes: message('G', Buffer.alloc(3)) }];
  }

  #copying(got: ClientMessage): readonly TalkStep[] {
    // The server takes Flush and Sync in the middle of it and does nothing.
    if (got.type === sync || got.type === flush) return [];
    const step = this.#gather(got);
    if (got.type === copyData) return step;
    this.#inCopy = false;
    const last = this.#batch.at(-2);
    if (last?.[0] === copyData) this.#batch.splice(-2, 1, withoutEndMark(last));
    if (got.type === terminate) return [{ kind: 'end' }];
    return [...step, this.#ask(true)];
  }

  #gather(got: ClientMessage): readonly TalkStep[] {
    this.#size += got.whole.length;
    if (this.#size > mostGathered) return this.#passedOver({ ...got, size: this.#size });
    this.#batch.push(got.whole);
    return [];
  }

  #ask(strip = false): TalkStep {
    const bytes = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#size = 0;
    return strip ? { kind: 'ask', bytes, strip } : { kind: 'ask', bytes };
  }

  #passedOver({ size }: ClientMessage): readonly TalkStep[] {
    this.#batch = [];
    this.#size = 0;
    this.#inCopy = false;
    return [{ kind: 'tooMuch', size }];
  }
}

/** A COPY that reads what the client sends; with comments in front it is not recognised, and fails. */
function copiesIn(text: string): boolean {
  return /^\s*copy\s[^;]*?\sfrom\s+stdin\b/is.test(text.slice(0, 8192));
}

/** Up to PostgreSQL 17 a line of `\.` ends CSV too, and psql sends it; the engine would take it for data. */
function withoutEndMark(copied: Uint8Array): Uint8Array {
  const mark = /(?<=^.{5}|\n)\\\.\r?\n?$/s.exec(Buffer.from(copied).toString('latin1'))?.[0] ?? '';
  const shorter = Buffer.from(copied.subarray(0, copied.length - mark.length));
  shorter.writeInt32BE(shorter.length - 1, 1);
  return shorter;
}

function parsedText(body: Buffer): string {
  return textOf(body, body.indexOf(0) + 1);
}

function textOf(body: Buffer, start: number): string {
  const end = body.indexOf(0, start);
  return body.toString('utf8', start, end < 0 ? body.length : end);
}
