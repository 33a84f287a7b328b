import { splitInline } from './inline-words.js';

/** The bytes are none of Redis' protocol; the message is what it answers before it closes. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** `PROTO_INLINE_MAX_SIZE` of Redis. */
const longestLine = 64 * 1024;
/** What an unauthenticated client may send (networking.c, Redis 7.0). */
const unauthenticated = { elements: 10, bytes: 16 * 1024 };
/** A real server takes 512 MB a string; a command of this decoy is kept to this in all. */
const mostBytes = 16 * 1024 * 1024;
const mostElements = 1024 * 1024;

/** Cuts a stream of bytes into commands. */
export class RequestReader {
  #unread = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #held = 0;
  #missing = 0;
  #words: string[] = [];
  #taken = 0;
  #expected = 0;
  #bulk = -1;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }

  /**
   * Words of the next command (one byte a character), none for an empty one; undefined as long as it is not whole.
   * @throws ProtocolError
   */
  next(isAuthenticated: boolean): readonly string[] | undefined {
    if (this.#held < this.#missing) return undefined;
    this.#missing = 0;
    this.#unread = Buffer.concat([this.#unread, ...this.#chunks]);
    this.#chunks = [];
    this.#held = 0;
    if (this.#expected === 0) {
      if (this.#unread.length === 0) return undefined;
      if (this.#unread[0] !== 0x2a) return this.#inline();
      if (!this.#begin(isAuthenticated)) return undefined;
      if (this.#expected === 0) return [];
    }
    while (this.#words.length < this.#expected) {
      if (!this.#word(isAuthenticated)) return undefined;
    }
    const words = this.#words;
    this.#words = [];
    this.#expected = 0;
    this.#taken = 0;
    return words;
  }

  #inline(): readonly string[] | undefined {
    const end = this.#unread.indexOf(0x0a);
    // Redis looks for the end with strchr, which ends at a zero byte.
    const zero = this.#unread.indexOf(0);
    if (end < 0 || (zero >= 0 && zero < end)) {
      if (this.#unread.length > longestLine) throw new ProtocolError('too big inline request');
      return undefined;
    }
    const line = this.#unread.toString('latin1', 0, end).replace(/\r$/, '');
    this.#unread = this.#unread.subarray(end + 1);
    const words = splitInline(line);
    if (words === undefined) throw new ProtocolError('unbalanced quotes in request');
    return words;
  }

  #begin(isAuthenticated: boolean): boolean {
    const line = this.#line('too big mbulk count string');
    if (line === undefined) return false;
    const count = wholeNumber(line.slice(1));
    if (count === undefined || count > mostElements) throw new ProtocolError('invalid multibulk length');
    if (!isAuthenticated && count > unauthenticated.elements)
      throw new ProtocolError('unauthenticated multibulk length');
    this.#expected = Math.max(0, count);
    return true;
  }

  #word(isAuthenticated: boolean): boolean {
    if (this.#bulk < 0) {
      const line = this.#line('too big bulk count string');
      if (line === undefined) return false;
      if (line[0] !== '$') throw new ProtocolError(`expected '$', got '${line[0] ?? '\0'}'`);
      const length = wholeNumber(line.slice(1));
      if (length === undefined || length < 0 || length > 512 * 1024 * 1024)
        throw new ProtocolError('invalid bulk length');
      if (!isAuthenticated && length > unauthenticated.bytes)
        throw new ProtocolError('unauthenticated bulk length');
      this.#taken += length + 16;
      if (this.#taken > mostBytes) throw new ProtocolError('invalid bulk length');
      this.#bulk = length;
    }
    if (this.#unread.length < this.#bulk + 2) {
      this.#missing = this.#bulk + 2 - this.#unread.length;
      return false;
    }
    this.#words.push(this.#unread.toString('latin1', 0, this.#bulk));
    this.#unread = this.#unread.subarray(this.#bulk + 2);
    this.#bulk = -1;
    return true;
  }

  #line(tooLong: string): string | undefined {
    const end = this.#unread.indexOf(0x0d);
    if (end < 0) {
      if (this.#unread.length > longestLine) throw new ProtocolError(tooLong);
      return undefined;
    }
    if (this.#unread.length < end + 2) return undefined;
    const line = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + 2);
    return line;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
}
