/** A message of a client. The first ones have no type. */
export interface ClientMessage {
  /** Byte of its type; 0 when it has none. */
  readonly type: number;
  /** Without type and length; empty where it was larger than was asked for. */
  readonly body: Buffer;
  /** With type and length, as it came. */
  readonly whole: Buffer;
  /** Bytes of the body as its length says. */
  readonly size: number;
}

/** The length of a message says nonsense, or more than is taken here. */
export class BadLength extends Error {
  override readonly name = 'BadLength';
}

/** Largest message that is kept; of larger ones the body is passed over, as a server without memory does. */
export const largestKept = 8 * 1024 * 1024;
/** PostgreSQL takes no larger ones either (PQ_LARGE_MESSAGE_LIMIT). */
const largestOfAll = 0x3fff_ffff;

/** Cuts a stream of bytes into messages. Keeps at most one message and what came with it. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #held = 0;
  #skip = 0;

  add(chunk: Buffer): void {
    const passed = Math.min(this.#skip, chunk.length);
    this.#skip -= passed;
    if (passed === chunk.length) return;
    this.#chunks.push(chunk.subarray(passed));
    this.#held += chunk.length - passed;
  }

  get held(): number {
    return this.#held;
  }

  /** Whole bytes that are there, at most `count`, without taking them. */
  peek(count: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < Math.min(count, this.#held)) this.#join();
    return (this.#chunks[0] ?? Buffer.alloc(0)).subarray(0, count);
  }

  /**
   * The next message, undefined as long as it is not whole.
   * @param untyped it has no type byte; `most` is the largest length that is taken then
   * @throws BadLength
   */
  next(untyped: boolean, most = largestOfAll): ClientMessage | undefined {
    const head = untyped ? 4 : 5;
    if (this.#held < head) return undefined;
    const start = this.peek(head);
    const length = start.readUInt32BE(head - 4);
    if (length < 4 || length > most) throw new BadLength(`a length of ${length}`);
    const size = length - 4;
    const type = untyped ? 0 : (start[0] as number);
    if (size > largestKept) {
      const empty = Buffer.alloc(0);
      const extra = Math.max(0, size - (this.#held - head));
      this.#take(Math.min(this.#held, head + size));
      this.#skip = extra;
      return { type, body: empty, whole: empty, size };
    }
    if (this.#held < head + size) return undefined;
    const whole = this.#take(head + size);
    return { type, body: whole.subarray(head), whole, size };
  }

  #take(count: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < count) this.#join();
    const all = this.#chunks[0] ?? Buffer.alloc(0);
    this.#held -= count;
    if (all.length === count) this.#chunks.shift();
    else this.#chunks[0] = all.subarray(count);
    return all.subarray(0, count);
  }

  #join(): void {
    this.#chunks = [Buffer.concat(this.#chunks)];
  }
}
