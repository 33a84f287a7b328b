import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, type FrameLimits, FrameReader } from './frame.js';

export interface FramePipeListener {
  frame(frame: Frame): void;
  /** The other side reads too slowly, or fast enough again. */
  full(full: boolean): void;
  /** The last call; the reason is one of this module's own words. */
  ended(reason: string): void;
}

/** Bytes that may wait for a side that does not read; more end the link. */
const mostWaiting = 32 * 1024 * 1024;
const nothing = new Uint8Array(0);

/** One end of the pipe. None of it throws, whatever comes. */
export class FramePipe {
  readonly #stream: Duplex;
  readonly #listener: FramePipeListener;
  readonly #reader: FrameReader;
  #full = false;
  #over = false;

  constructor(stream: Duplex, limits: FrameLimits, listener: FramePipeListener) {
    this.#stream = stream;
    this.#listener = listener;
    this.#reader = new FrameReader(limits, (frame) => listener.frame(frame));
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.on('drain', () => this.#fill(false));
    stream.on('error', () => this.end('the pipe broke'));
    stream.on('close', () => this.#endOfBytes());
    stream.on('end', () => this.#endOfBytes());
  }

  /** Whether what is sent now waits for the other side to read. */
  get full(): boolean {
    return this.#full;
  }

  get over(): boolean {
    return this.#over;
  }

  send(type: number, visit: number, guest: number, payload: Uint8Array = nothing): void {
    if (this.#over) return;
    const flows = this.#stream.write(encodeFrame({ type, visit, guest, payload }));
    if (this.#stream.writableLength > mostWaiting) this.end('the other side does not read');
    else if (!flows) this.#fill(true);
  }

  sendJson(type: number, visit: number, guest: number, message: unknown): void {
    this.send(type, visit, guest, Buffer.from(JSON.stringify(message)));
  }

  end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.stop(reason);
    this.#stream.destroy();
    this.#listener.ended(reason);
  }

  #read(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#reader.failure !== undefined) this.end(this.#reader.failure);
  }

  #endOfBytes(): void {
    this.#reader.end();
    this.end(this.#reader.failure ?? 'the pipe ended');
  }

  #fill(full: boolean): void {
    if (this.#over || full === this.#full) return;
    this.#full = full;
    this.#listener.full(full);
  }
}
