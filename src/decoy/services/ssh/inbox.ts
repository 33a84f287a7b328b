import { messageNumber } from './message.js';
import type { Wire } from './wire.js';

/**
 * Bytes that a visitor may send ahead. OpenSSH gives 2 MiB; a quarter of it bounds what ten channels whose guests
 * take nothing hold in memory.
 */
const windowBytes = 512 * 1024;

/** Who takes what a visitor sends. None of it throws. */
export interface InboxOwner {
  take(bytes: Uint8Array): void;
  ended(): void;
}

/** Data of a visitor on its way to a guest: never more is held than the window that the visitor was given. */
export class Inbox {
  readonly #wire: Wire;
  readonly #owner: InboxOwner;
  readonly #recipient: number;
  #window = 0;
  #unconfirmed = 0;
  #held: Uint8Array[] = [];
  #hasEnded = false;
  #toldEnd = false;
  /** Nobody takes anything yet. */
  #holds = true;

  constructor(wire: Wire, recipient: number, owner: InboxOwner) {
    this.#wire = wire;
    this.#recipient = recipient;
    this.#owner = owner;
  }

  /** Lets the visitor send, as OpenSSH does when something runs. */
  open(): void {
    this.#window = windowBytes;
    this.#wire.send(messageNumber.channelWindowAdjust, this.#recipient, windowBytes);
  }

  /** Whether to keep what comes for later. */
  hold(holds: boolean): void {
    this.#holds = holds;
    if (holds) return;
    for (let bytes = this.#held.shift(); bytes; bytes = this.#held.shift()) {
      this.#hand(bytes);
      if (this.#holds) return;
    }
    this.#confirm();
    this.#tellEnd();
  }

  /** False when the visitor sent more than it may; the rest is dropped, as OpenSSH does. */
  receive(bytes: Uint8Array): boolean {
    if (this.#hasEnded) return false;
    const taken = bytes.subarray(0, this.#window);
    this.#window -= taken.length;
    if (this.#holds) this.#held.push(taken);
    else if (taken.length > 0) this.#hand(taken);
    return taken.length === bytes.length;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (!this.#holds) this.#tellEnd();
  }

  #hand(bytes: Uint8Array): void {
    this.#unconfirmed += bytes.length;
    this.#owner.take(bytes);
    this.#confirm();
  }

  /** Lets the visitor send as much again as was taken. */
  #confirm(): void {
    if (this.#holds || this.#unconfirmed < windowBytes / 2) return;
    this.#wire.send(messageNumber.channelWindowAdjust, this.#recipient, this.#unconfirmed);
    this.#window += this.#unconfirmed;
    this.#unconfirmed = 0;
  }

  #tellEnd(): void {
    if (!this.#hasEnded || this.#toldEnd) return;
    this.#toldEnd = true;
    this.#owner.ended();
  }
}
