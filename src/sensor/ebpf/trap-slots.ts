import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Trap } from '../../core/trap.js';
import { firstTrapSlot, maxSlot, registerFile } from './registration.js';

export interface Registering {
  /** Traps whose file could not be opened, with the reason's code. */
  readonly failed: readonly { readonly trap: Trap; readonly code: string }[];
}

const batch = 250;

/** Which trap has which slot in the kernel's map, and which the kernel has acknowledged. */
export class TrapSlots {
  readonly #trapOfSlot = new Map<number, Trap>();
  readonly #waiting = new Set<number>();

  constructor(traps: readonly Trap[]) {
    if (traps.length > maxSlot - firstTrapSlot) throw new RangeError(`at most ${maxSlot} traps`);
    for (const [index, trap] of traps.entries()) this.#trapOfSlot.set(firstTrapSlot + index, trap);
    for (const slot of this.#trapOfSlot.keys()) this.#waiting.add(slot);
  }

  trap(slot: number): Trap | undefined {
    return this.#trapOfSlot.get(slot);
  }

  /** Touches every trap that is not acknowledged yet, giving way between batches. */
  async register(nonce: bigint): Promise<Registering> {
    const failed: { trap: Trap; code: string }[] = [];
    let count = 0;
    for (const slot of [...this.#waiting]) {
      const trap = this.#trapOfSlot.get(slot) as Trap;
      try {
        registerFile(trap.path, slot, nonce);
      } catch (error) {
        this.#waiting.delete(slot);
        failed.push({ trap, code: (error as NodeJS.ErrnoException).code ?? String(error) });
      }
      count += 1;
      if (count % batch === 0) await yieldToEvents();
    }
    return { failed };
  }

  acknowledged(slot: number): void {
    this.#waiting.delete(slot);
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}
