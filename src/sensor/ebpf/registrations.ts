import { closeSync, openSync } from 'node:fs';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Trap } from '../../core/trap.js';
import type { Registrar } from './registration.js';
import type { Slot } from './trap-slots.js';

const batch = 250;

/** Which slots the script of one run knows by now. */
export class Registrations {
  readonly #registrar: Registrar;
  readonly #waiting = new Map<number, Slot>();

  constructor(registrar: Registrar) {
    this.#registrar = registrar;
  }

  want(slots: readonly Slot[]): void {
    for (const slot of slots) this.#waiting.set(slot.number, slot);
  }

  /** Touches every file that is not acknowledged yet, giving way between batches; gives the failures. */
  async register(): Promise<{ readonly trap: Trap; readonly reason: string }[]> {
    const failed: { trap: Trap; reason: string }[] = [];
    let count = 0;
    for (const { number, path, nowAt = path, trap, kind } of [...this.#waiting.values()]) {
      try {
        this.#registrar.register(nowAt, number);
      } catch (error) {
        this.#waiting.delete(number);
        const reason = (error as NodeJS.ErrnoException).code ?? String(error);
        if (kind === 'file') failed.push({ trap, reason });
      }
      count += 1;
      if (count % batch === 0) await yieldToEvents();
    }
    return failed;
  }

  acknowledged(slot: number): void {
    this.#waiting.delete(slot);
  }

  /** None of these is waited for, or in the kernel's map, any more. */
  forget(carrierPath: string, slots: readonly Slot[]): void {
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
