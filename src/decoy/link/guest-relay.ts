import type { GuestChannel, GuestExit, GuestListener } from '../../core/decoy/guest.js';
import type { Clock } from '../../core/ports/clock.js';
import { mostUnderWay } from './budgets.js';
import type { FramePipe } from './frame-pipe.js';
import { fromDaemon, pieceLength } from './frame-types.js';

const resizeEveryMs = 100;

/** The daemon's side of one guest: joins its channel with the pipe. None of it throws. */
export class GuestRelay implements GuestListener {
  readonly #pipe: FramePipe;
  readonly #visit: number;
  readonly #guest: number;
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #channel: GuestChannel | undefined;
  /** What it said before the visitor heard that it runs. */
  #early: (() => void)[] = [];
  #over = false;
  #full = false;
  #underWay = 0;
  #visitorSlow = false;
  #paused = false;
  #size: { columns: number; rows: number } | undefined;
  #cancelResize: (() => void) | undefined;

  constructor(pipe: FramePipe, visit: number, guest: number, clock: Clock, onOver: () => void) {
    this.#pipe = pipe;
    this.#visit = visit;
    this.#guest = guest;
    this.#clock = clock;
    this.#onOver = onOver;
  }

  started(channel: GuestChannel): void {
    if (this.#over) {
      channel.hangUp();
      return;
    }
    this.#channel = channel;
    this.#send(fromDaemon.guestStarted);
    const early = this.#early;
    this.#early = [];
    for (const told of early) told();
    this.flow();
  }

  /** Why stays with the daemon: the visitor learns nothing of it. */
  failed(): void {
    if (this.#over) return;
    this.#send(fromDaemon.guestFailed);
    this.#end();
  }

  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.#isEarly(() => this.output(stream, bytes))) return;
    const type = stream === 'stdout' ? fromDaemon.guestOutput : fromDaemon.guestErrorOutput;
    for (let at = 0; at < bytes.length && !this.#over; at += pieceLength)
      this.#send(type, bytes.subarray(at, at + pieceLength));
  }

  inputFull(full: boolean): void {
    if (this.#isEarly(() => this.inputFull(full))) return;
    this.#full = full;
    this.#underWay = 0;
    this.#pipe.sendJson(fromDaemon.guestInputFull, this.#visit, this.#guest, { full });
  }

  exited(exit: GuestExit): void {
    if (this.#isEarly(() => this.exited(exit))) return;
    this.#pipe.sendJson(fromDaemon.guestExit, this.#visit, this.#guest, exit);
    this.#end();
  }

  input(bytes: Uint8Array): void {
    if (this.#full) this.#underWay += bytes.length;
    // Only a child that is somebody else's goes on after it was told to stop.
    if (this.#underWay > mostUnderWay) this.#cutOff();
    else this.#channel?.input(bytes);
  }

  endInput(): void {
    this.#channel?.endInput();
  }

  /** The last of many sizes counts: each costs the engine a request. */
  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#cancelResize ??= this.#clock.after(resizeEveryMs, () => {
      this.#cancelResize = undefined;
      if (this.#size && !this.#over) this.#channel?.resize(this.#size.columns, this.#size.rows);
    });
  }

  pause(paused: boolean): void {
    this.#visitorSlow = paused;
    this.flow();
  }

  /** To be called when the pipe is full or no longer. */
  flow(): void {
    const paused = this.#visitorSlow || this.#pipe.full;
    if (paused === this.#paused || this.#over || this.#channel === undefined) return;
    this.#paused = paused;
    this.#channel.pause(paused);
  }

  hangUp(): void {
    if (this.#over) return;
    this.#end();
    this.#channel?.hangUp();
  }

  #cutOff(): void {
    this.#pipe.sendJson(fromDaemon.guestExit, this.#visit, this.#guest, { signal: 'HUP' });
    this.hangUp();
  }

  #isEarly(tell: () => void): boolean {
    if (this.#over) return true;
    if (this.#channel !== undefined) return false;
    this.#early.push(tell);
    return true;
  }

  #send(type: number, payload?: Uint8Array): void {
    this.#pipe.send(type, this.#visit, this.#guest, payload);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#early = [];
    this.#cancelResize?.();
    this.#onOver();
  }
}
