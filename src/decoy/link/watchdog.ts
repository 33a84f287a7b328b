import type { Clock } from '../../core/ports/clock.js';

export interface WatchdogOptions {
  readonly clock: Clock;
  /** Between two questions, ms. */
  readonly everyMs: number;
  readonly ask: () => void;
  /** It does not answer any more: the last call. */
  readonly silent: () => void;
}

/** Questions in a row without an answer. Counted, not timed: a daemon that stood still itself blames nobody. */
const mostUnanswered = { running: 6, starting: 12 };

/** Asks the other side time and again whether it still answers; one that loops for ever has an open pipe too. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #unanswered = 0;
  #most = mostUnanswered.starting;
  #cancel: () => void;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#cancel = this.#next();
  }

  /** It has come up, and from now on answers soon. */
  running(): void {
    this.#most = mostUnanswered.running;
  }

  /** False where nothing was asked. */
  answered(): boolean {
    if (this.#unanswered === 0) return false;
    this.#unanswered = 0;
    return true;
  }

  stop(): void {
    this.#cancel();
  }

  #next(): () => void {
    return this.#options.clock.after(this.#options.everyMs, () => this.#tick());
  }

  #tick(): void {
    if (this.#unanswered >= this.#most) {
      this.#options.silent();
      return;
    }
    this.#unanswered += 1;
    this.#cancel = this.#next();
    this.#options.ask();
  }
}
