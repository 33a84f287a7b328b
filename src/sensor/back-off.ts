export interface BackOffOptions {
  /** First delay in ms. */
  readonly minMs: number;
  /** No delay is longer than this many ms. */
  readonly maxMs: number;
  /** What ran at least this many ms was healthy: its end starts again from `minMs`. */
  readonly stableMs: number;
  /** A clock that never goes back, in ms. */
  readonly nowMs: () => number;
}

/** How long to wait before the next try: each failure doubles it, a stable run resets it. */
export class BackOff {
  readonly #options: BackOffOptions;
  #delayMs: number;
  #startedAtMs: number | undefined;

  constructor(options: BackOffOptions) {
    this.#options = options;
    this.#delayMs = this.#shortest;
  }

  /** To be called when what is retried came up. */
  started(): void {
    this.#startedAtMs = this.#options.nowMs();
  }

  /** To be called when it failed or ended; ms to wait before it is tried again. */
  nextDelayMs(): number {
    if (this.#wasStable()) this.#delayMs = this.#shortest;
    this.#startedAtMs = undefined;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, this.#options.maxMs);
    return delayMs;
  }

  get #shortest(): number {
    return Math.min(this.#options.minMs, this.#options.maxMs);
  }

  #wasStable(): boolean {
    if (this.#startedAtMs === undefined) return false;
    return this.#options.nowMs() - this.#startedAtMs >= this.#options.stableMs;
  }
}
