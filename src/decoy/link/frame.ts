/** One message on the pipe between the daemon and the process that speaks with visitors. */
export interface Frame {
  readonly type: number;
  /** Number of a connection, 0 where none is meant. */
  readonly visit: number;
  /** Number of a guest of this connection, 0 where none is meant. */
  readonly guest: number;
  readonly payload: Uint8Array;
}

// Length of the payload, type, visit, guest; big-endian.
const headerLength = 13;

/** @throws RangeError for a number that does not fit: a mistake of the caller */
export function encodeFrame({ type, visit, guest, payload }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength + payload.length);
  bytes.writeUInt32BE(payload.length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt32BE(visit, 5);
  bytes.writeUInt32BE(guest, 9);
  bytes.set(payload, headerLength);
  return bytes;
}

export interface FrameLimits {
  /** Longest payload in bytes. */
  readonly maxPayload: number;
  readonly types: ReadonlySet<number>;
}

/** Takes a stream of bytes apart. Holds one frame at most; what is no frame breaks it for good. */
export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #onFrame: (frame: Frame) => void;
  #chunks: Buffer[] = [];
  #held = 0;
  #failure: string | undefined;

  constructor(limits: FrameLimits, onFrame: (frame: Frame) => void) {
    this.#limits = limits;
    this.#onFrame = onFrame;
  }

  /** Why it reads no more. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Ends reading: of what was pushed already nothing more is told. */
  stop(reason: string): void {
    this.#failure ??= reason;
    this.#chunks = [];
    this.#held = 0;
  }

  /** To be called when no more bytes come. */
  end(): void {
    this.stop(this.#held > 0 ? 'the pipe ended within a message' : 'the pipe ended');
  }

  push(chunk: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#held += chunk.length;
    while (this.#failure === undefined && this.#held >= headerLength) if (!this.#next()) break;
  }

  /** Whether there was a whole frame. */
  #next(): boolean {
    const header = this.#front(headerLength);
    const length = header.readUInt32BE(0);
    const type = header.readUInt8(4);
    if (length > this.#limits.maxPayload) this.stop(`a message of ${length} bytes`);
    else if (!this.#limits.types.has(type)) this.stop(`a message of the unknown type ${type}`);
    if (this.#failure !== undefined || this.#held < headerLength + length) return false;
    const bytes = this.#take(headerLength + length);
    this.#onFrame({
      type,
      visit: bytes.readUInt32BE(5),
      guest: bytes.readUInt32BE(9),
      payload: bytes.subarray(headerLength),
    });
    return true;
  }

  /** The first `length` bytes in one piece, still held. Nothing is joined until they are all there. */
  #front(length: number): Buffer {
    const first = this.#chunks[0] as Buffer;
    if (first.length >= length) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #take(length: number): Buffer {
    const first = this.#front(length);
    const rest = first.subarray(length);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#held -= length;
    return first.subarray(0, length);
  }
}
