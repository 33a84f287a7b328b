import type { Clock } from '../../core/ports/clock.js';
import type { SensorGap } from '../../core/ports/sensor.js';
import type { Unregistered } from './registrations.js';
import type { Slot } from './trap-slots.js';

export interface UnwatchedTrapsOptions {
  readonly clock: Clock;
  /** Time between two attempts, in ms. */
  readonly everyMs: number;
  /** Attempts it again and gives what still fails. */
  register(slots: readonly Slot[]): Promise<readonly Unregistered[]>;
  /** Whether the trap is still to be watched. */
  isWanted(slot: Slot): boolean;
  gap(gap: SensorGap): void;
}

/** Traps that a new run of the script could not find: on record once, and attempted until it works. */
export class UnwatchedTraps {
  readonly #options: UnwatchedTrapsOptions;
  readonly #waiting = new Map<number, { readonly slot: Slot; readonly sinceNs: bigint }>();
  #cancel: (() => void) | undefined;

  constructor(options: UnwatchedTrapsOptions) {
    this.#options = options;
  }

  /** These could not be registered; unseen since `sinceNs` (epoch). */
  add(failed: readonly Unregistered[], sinceNs: bigint): void {
    for (const { slot, reason } of failed) {
      if (this.#waiting.has(slot.number)) continue;
      this.#waiting.set(slot.number, { slot, sinceNs });
      this.#tell(slot, sinceNs, `is not watched: ${reason}`);
    }
    this.#schedule();
  }

  /** A new run knows all but what is added next. */
  settle(failed: readonly Unregistered[]): void {
    const still = new Set(failed.map(({ slot }) => slot.number));
    for (const [number, { slot, sinceNs }] of this.#waiting) {
      if (still.has(number)) continue;
      this.#waiting.delete(number);
      if (this.#options.isWanted(slot)) this.#tell(slot, sinceNs, 'was not watched');
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#waiting.clear();
  }

  #tell({ kind, path }: Slot, fromNs: bigint, what: string): void {
    if (kind !== 'file') return;
    this.#options.gap({ fromNs, toNs: this.#options.clock.nowNs(), reason: `trap ${path} ${what}` });
  }

  #schedule(): void {
    if (this.#waiting.size === 0 || this.#cancel !== undefined) return;
    this.#cancel = this.#options.clock.after(this.#options.everyMs, async () => {
      await this.#again();
      this.#cancel = undefined;
      this.#schedule();
    });
  }

  async #again(): Promise<void> {
    for (const [number, { slot }] of this.#waiting)
      if (!this.#options.isWanted(slot)) this.#waiting.delete(number);
    try {
      const attempted = [...this.#waiting.values()].map(({ slot }) => slot);
      this.settle(await this.#options.register(attempted));
    } catch {
      // The run ended meanwhile; the next one attempts all.
    }
  }
}
