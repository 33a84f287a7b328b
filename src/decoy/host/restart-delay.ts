export interface RestartDelays {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What ran so long was healthy: its end starts from the shortest delay again. */
const stableMs = 60_000;

/** How long to wait before the child is started again: each early end doubles it. */
export class RestartDelay {
  readonly #delays: RestartDelays;
  #nextMs: number;

  constructor(delays: RestartDelays) {
    this.#delays = delays;
    this.#nextMs = delays.minMs;
  }

  /** To be called at an end, after it ran for `ranMs`; ms to wait. */
  after(ranMs: number): number {
    if (ranMs >= stableMs) this.#nextMs = this.#delays.minMs;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(delayMs * 2, this.#delays.maxMs);
    return delayMs;
  }
}
