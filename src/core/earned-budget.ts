import type { Clock } from './ports/clock.js';

/** So many at once, and then so many a second. */
export class EarnedBudget {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #paidAtNs: bigint;

  constructor(clock: Clock, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#paidAtNs = clock.nowNs();
  }

  /** Takes one, if there is one left. */
  take(): boolean {
    const nowNs = this.#clock.nowNs();
    const earned = Math.floor((Number(nowNs - this.#paidAtNs) * this.#perSecond) / 1e9);
    if (earned > 0) {
      this.#left = Math.min(this.#burst, this.#left + earned);
      this.#paidAtNs = nowNs;
    }
    if (this.#left <= 0) return false;
    this.#left -= 1;
    return true;
  }
}
