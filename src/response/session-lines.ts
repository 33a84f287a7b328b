import { type CastCode, castEventLine } from '../core/asciicast.js';

/** Kept of the bound of a recording for its last lines. */
const bytesForEnd = 1024;

export interface SessionBounds {
  /** Most bytes of one recording. */
  readonly recordingBytes: number;
  /** Most bytes that wait to be written. */
  readonly waitingBytes: number;
}

/**
 * The lines of a recording that wait to be written. What is beyond the bounds is left out and counted; a
 * marker says so where it begins, and how much it was where the recording goes on or ends.
 */
export class SessionLines {
  readonly #bounds: SessionBounds;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  #lines: Buffer[] = [];
  #waiting = 0;
  #size = 0;
  #lastMs = 0;
  #leftOut = 0;
  /** Why nothing more is taken. */
  #full: string | undefined;

  constructor(bounds: SessionBounds, nowMs: () => number) {
    this.#bounds = bounds;
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  get waiting(): number {
    return this.#waiting;
  }

  header(line: string): void {
    this.#push(Buffer.from(line));
  }

  /** `bytes`: how many there are of it, should it be left out. */
  add(code: CastCode, data: string, bytes: number): void {
    if (this.#full !== undefined) {
      this.#leftOut += bytes;
      return;
    }
    if (this.#waiting > this.#bounds.waitingBytes) {
      if (this.#leftOut === 0) this.#mark('left out from here on: the disk does not keep up');
      this.#leftOut += bytes;
      return;
    }
    if (this.#leftOut > 0) this.#markLeftOut();
    const before = this.#lastMs;
    const line = this.#line(code, data);
    if (this.#size + line.length <= this.#bounds.recordingBytes - bytesForEnd) {
      this.#push(line);
      return;
    }
    this.#lastMs = before;
    this.#leftOut += bytes;
    this.full('the bound of a recording is reached');
  }

  /** Nothing more is taken. */
  full(reason: string): void {
    if (this.#full !== undefined) return;
    this.#full = reason;
    this.#mark(`left out from here on: ${reason}`);
  }

  /** What waits, to be written now. */
  take(): Buffer {
    const all = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#waiting = 0;
    return all;
  }

  /** These bytes of events could not be written. */
  lost(bytes: number): void {
    this.#leftOut += bytes;
  }

  /** The last lines; less than 1,024 bytes. */
  end(exitCode: number | undefined): Buffer {
    // Whoever cannot write it has counted it.
    this.take();
    if (this.#leftOut > 0) this.#markLeftOut();
    if (exitCode === undefined) this.#mark('it ended without an exit status');
    else this.#push(this.#line('x', String(exitCode)));
    return this.take();
  }

  #markLeftOut(): void {
    this.#mark(`left out: ${this.#leftOut} bytes${this.#full === undefined ? '' : `: ${this.#full}`}`);
    this.#leftOut = 0;
  }

  #mark(text: string): void {
    this.#push(this.#line('m', text));
  }

  #line(code: CastCode, data: string): Buffer {
    // Of whole milliseconds since its begin, so that what is rounded does not add up.
    const atMs = Math.max(this.#lastMs, Math.round(this.#nowMs() - this.#beganMs));
    const line = castEventLine({ afterMs: atMs - this.#lastMs, code, data });
    this.#lastMs = atMs;
    return Buffer.from(line);
  }

  #push(line: Buffer): void {
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#size += line.length;
  }
}
