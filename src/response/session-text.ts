/**
 * Turns the bytes of a stream into text. A character that comes in two chunks is one character; what is no
 * UTF-8 becomes U+FFFD, as terminals show it.
 */
export class SessionText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Text of the characters that are whole by now. */
  add(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** What is left of a character that never became whole. */
  end(): string {
    return this.#decoder.decode();
  }
}
