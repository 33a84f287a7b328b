import { closeSync, openSync } from 'node:fs';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Registrar } from './registration.js';
import type { TrapInodes } from './trap-inodes.js';
import type { Slot } from './trap-slots.js';

const batch = 250;

/** A file or folder that cannot be registered, with the reason in one line. */
export interface Unregistered {
  readonly slot: Slot;
  readonly reason: string;
}

/** Which slots the script of one run knows by now. */
export class Registrations {
  readonly #registrar: Registrar;
  readonly #inodes: Pick<TrapInodes, 'hold'>;
  readonly #waiting = new Map<number, Slot>();

  constructor(registrar: Registrar, inodes: Pick<TrapInodes, 'hold'>) {
    this.#registrar = registrar;
    this.#inodes = inodes;
  }

  want(slots: readonly Slot[]): void {
    for (const slot of slots) this.#waiting.set(slot.number, slot);
  }

  /** Touches every file that is not acknowledged yet, giving way between batches; gives the failures. */
  async register(): Promise<Unregistered[]> {
    const failed: Unregistered[] = [];
    let count = 0;
    for (const slot of [...this.#waiting.values()]) {
      try {
        this.#register(slot);
      } catch (error) {
        this.#waiting.delete(slot.number);
        const { code, message } = error as NodeJS.ErrnoException;
        failed.push({ slot, reason: code ?? message });
      }
      count += 1;
      if (count % batch === 0) await yieldToEvents();
    }
    return failed;
  }

  #register(slot: Slot): void {
    const { fd } = this.#inodes.hold(slot);
    try {
      this.#registrar.registerHeld(fd, slot.number);
    } finally {
      closeSync(fd);
    }
  }

  acknowledged(slot: number): void {
    this.#waiting.delete(slot);
  }

  /** None of these is waited for, or in the kernel's map, any more. */
  forget(carrierPath: string, slots: readonly Pick<Slot, 'number'>[]): void {
    const carrier = openSync(carrierPath, 'r');
    try {
      for (const { number } of slots) {
        this.#waiting.delete(number);
        this.#registrar.forget(carrier, number);
      }
    } finally {
      closeSync(carrier);
    }
  }

  /** Whether all of these, or of everything that was wanted, is acknowledged. */
  complete(slots: readonly Slot[] = [...this.#waiting.values()]): boolean {
    return slots.every(({ number }) => !this.#waiting.has(number));
  }
}
