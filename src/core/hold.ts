import type { Clock } from './ports/clock.js';
import type { ContainedProcess } from './ports/containment.js';

export interface HoldOptions {
  readonly process: ContainedProcess;
  /** Time of the touch at which it was stopped, ns since the epoch. */
  readonly atNs: bigint;
  /** Longest time in ms that it stands still, counted from the touch. */
  readonly holdMs: number;
  readonly clock: Clock;
  /** Lets it go; called exactly once. */
  release(): Promise<void>;
}

/**
 * A process that stands still for a moment. It goes on when everybody who looks at it is done, and at
 * the latest when its time is up, always exactly once.
 */
export class Hold {
  readonly process: ContainedProcess;
  readonly atNs: bigint;
  readonly #options: HoldOptions;
  readonly #cancelTimer: () => void;
  #lookers = 0;
  #ended: Promise<void> | undefined;

  constructor(options: HoldOptions) {
    const { clock, atNs, holdMs } = options;
    this.process = options.process;
    this.atNs = atNs;
    this.#options = options;
    const stoodMs = Number(clock.nowNs() - atNs) / 1e6;
    // The wall clock may have been set since: what it says bounds nothing upwards.
    const leftMs = Math.min(holdMs, Math.max(0, holdMs - stoodMs));
    this.#cancelTimer = clock.after(leftMs, () => void this.release());
  }

  /** One more looks at it. */
  look(): void {
    this.#lookers += 1;
  }

  /** One has seen enough. Resolves when it goes on, or at once where others look still. */
  async looked(): Promise<void> {
    this.#lookers -= 1;
    if (this.#lookers <= 0) await this.release();
  }

  /** Lets it go whoever looks. */
  release(): Promise<void> {
    this.#cancelTimer();
    this.#ended ??= this.#options.release();
    return this.#ended;
  }

  /** It stays stopped for another reason, or is dead: nobody is to let it go. */
  giveUp(): void {
    this.#cancelTimer();
    this.#ended ??= Promise.resolve();
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }
}
