const headerBytes = 8;

/**
 * Takes the engine's stream of a program without a terminal apart: frames of 1 byte stream (1 stdout, 2 stderr),
 * 3 zero, 4 length (big endian), then bytes. Holds at most a header back, never a frame.
 */
export class StreamFrames {
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #left = 0;
  #stream: 'stdout' | 'stderr' = 'stdout';

  /** Calls `tell` with the bytes of each stream in order. */
  push(bytes: Buffer, tell: (stream: 'stdout' | 'stderr', bytes: Buffer) => void): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const part = bytes.subarray(at, at + this.#left);
        at += part.length;
        this.#left -= part.length;
        tell(this.#stream, part);
        continue;
      }
      const copied = bytes.copy(this.#header, this.#headerFilled, at);
      at += copied;
      this.#headerFilled += copied;
      if (this.#headerFilled < headerBytes) return;
      this.#headerFilled = 0;
      this.#stream = this.#header[0] === 2 ? 'stderr' : 'stdout';
      this.#left = this.#header.readUInt32BE(4);
    }
  }
}
