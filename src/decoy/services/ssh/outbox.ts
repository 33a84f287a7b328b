import { messageNumber } from './message.js';
import type { Wire } from './wire.js';

/** Bytes that wait, above which the guest is asked to pause, and below which it may go on. */
const fullBytes = 128 * 1024;
const emptyBytes = 16 * 1024;
/** A guest that sends on although it was asked to pause, for longer than what may be under way, is given up. */
const mostBytes = 16 * 1024 * 1024;
/** What OpenSSH sends at most in one message (CHAN_SES_PACKET_DEFAULT). */
const largestData = 32 * 1024;
const largestWindow = 0xffff_ffff;
const standardError = 1;

/** What to do when the room changes. None of it throws. */
export interface OutboxOwner {
  /** Whether whoever fills it is to wait. */
  pause(paused: boolean): void;
  /** Everything that was put in is sent. */
  emptied(): void;
  overflowed(): void;
}

interface Waiting {
  readonly isError: boolean;
  readonly bytes: Uint8Array;
}

/** Data of a guest on its way to a visitor: sent as the visitor's window and the socket allow. */
export class Outbox {
  readonly #wire: Wire;
  readonly #owner: OutboxOwner;
  readonly #recipient: number;
  readonly #largest: number;
  #window: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #paused = false;
  #closed = false;
  readonly #unsubscribe: () => void;

  constructor(
    wire: Wire,
    to: { readonly recipient: number; readonly window: number; readonly packetSize: number },
    owner: OutboxOwner,
  ) {
    this.#wire = wire;
    this.#owner = owner;
    this.#recipient = to.recipient;
    this.#window = to.window;
    this.#largest = Math.min(to.packetSize, largestData);
    this.#unsubscribe = wire.whenFree(() => this.#pump());
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  put(bytes: Uint8Array, isError: boolean): void {
    if (this.#closed || bytes.length === 0) return;
    this.#waiting.push({ isError, bytes });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > mostBytes) this.#owner.overflowed();
    else this.#pump();
  }

  /** The visitor takes `more` bytes. */
  widen(more: number): void {
    this.#window = Math.min(this.#window + more, largestWindow);
    this.#pump();
  }

  /** Nothing more is sent; what waits is lost. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#unsubscribe();
  }

  #pump(): void {
    if (this.#closed) return;
    const hadSome = this.#waiting.length > 0;
    let done = 0;
    for (; done < this.#waiting.length && this.#maySend(); done += 1) {
      const rest = this.#sendPart(this.#waiting[done] as Waiting);
      if (!rest) continue;
      this.#waiting[done] = rest;
      break;
    }
    this.#waiting.splice(0, done);
    this.#settle();
    if (hadSome && this.#waiting.length === 0) this.#owner.emptied();
  }

  #maySend(): boolean {
    return this.#window > 0 && !this.#wire.congested && this.#wire.alive;
  }

  /** Gives what could not be sent. */
  #sendPart(item: Waiting): Waiting | undefined {
    let { bytes } = item;
    while (bytes.length > 0 && this.#maySend()) {
      const part = bytes.subarray(0, Math.min(this.#window, this.#largest));
      if (item.isError)
        this.#wire.send(messageNumber.channelExtendedData, this.#recipient, standardError, part);
      else this.#wire.send(messageNumber.channelData, this.#recipient, part);
      this.#window -= part.length;
      this.#waitingBytes -= part.length;
      bytes = bytes.subarray(part.length);
    }
    return bytes.length > 0 ? { isError: item.isError, bytes } : undefined;
  }

  #settle(): void {
    const paused = this.#waitingBytes > (this.#paused ? emptyBytes : fullBytes);
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#owner.pause(paused);
  }
}
