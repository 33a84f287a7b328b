import type { GuestChannel, GuestListener } from '../../core/decoy/guest.js';
import type { FramePipe } from './frame-pipe.js';
import { fromChild, pieceLength } from './frame-types.js';

const largestSize = 10_000;

/** The child's side of one guest: what a service holds of a program in the sandbox. None of it throws. */
export class GuestEnd implements GuestChannel {
  readonly #pipe: FramePipe;
  readonly #visit: number;
  readonly #guest: number;
  readonly #listener: GuestListener;
  readonly #onOver: () => void;
  readonly #started: (channel: GuestChannel) => void;
  readonly #failed: (error: Error) => void;
  /** What came before the service has had its turn to take the channel. */
  #waiting: (() => void)[] | undefined = [];
  #over = false;
  #daemonFull = false;
  #toldFull = false;

  constructor(
    pipe: FramePipe,
    number: { readonly visit: number; readonly guest: number },
    listener: GuestListener,
    onOver: () => void,
    settle: { readonly started: (channel: GuestChannel) => void; readonly failed: (error: Error) => void },
  ) {
    this.#pipe = pipe;
    this.#visit = number.visit;
    this.#guest = number.guest;
    this.#listener = listener;
    this.#onOver = onOver;
    this.#started = settle.started;
    this.#failed = settle.failed;
  }

  input(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += pieceLength)
      this.#send(fromChild.guestInput, bytes.subarray(at, at + pieceLength));
    this.flow();
  }

  endInput(): void {
    this.#send(fromChild.guestEnd);
  }

  resize(columns: number, rows: number): void {
    this.#sendJson(fromChild.resize, { columns: sizeOf(columns), rows: sizeOf(rows) });
  }

  pause(paused: boolean): void {
    this.#sendJson(fromChild.pause, { paused });
  }

  hangUp(): void {
    this.#send(fromChild.hangUp);
    this.drop();
  }

  /** To be called when the daemon has it running. */
  begin(): void {
    this.#started(this);
    // The service gets the channel in a microtask of its own; what comes in the same piece waits for it.
    setImmediate(() => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const tell of waiting) tell();
      this.flow();
    });
  }

  refuse(): void {
    this.drop();
    this.#failed(new Error('no sandbox'));
  }

  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#tell(() => this.#listener.output(stream, bytes));
  }

  daemonFull(full: boolean): void {
    this.#daemonFull = full;
    this.flow();
  }

  exited(exit: { readonly code?: number; readonly signal?: string }): void {
    this.#tell(() => {
      this.drop();
      this.#listener.exited(exit);
    });
  }

  /** To be called when the pipe is full or no longer. */
  flow(): void {
    const full = this.#daemonFull || this.#pipe.full;
    if (this.#over || this.#waiting !== undefined || full === this.#toldFull) return;
    this.#toldFull = full;
    this.#listener.inputFull(full);
  }

  /** Nothing is told of it any more. */
  drop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
  }

  #tell(tell: () => void): void {
    if (this.#waiting !== undefined) this.#waiting.push(() => this.#over || tell());
    else if (!this.#over) tell();
  }

  #send(type: number, payload?: Uint8Array): void {
    if (!this.#over) this.#pipe.send(type, this.#visit, this.#guest, payload);
  }

  #sendJson(type: number, message: unknown): void {
    if (!this.#over) this.#pipe.sendJson(type, this.#visit, this.#guest, message);
  }
}

function sizeOf(size: number): number {
  return Number.isFinite(size) ? Math.min(largestSize, Math.max(0, Math.trunc(size))) : 0;
}
