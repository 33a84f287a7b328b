import type { Clock } from '../../../../src/core/ports/clock.js';

/** A clock that goes on only when told. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #timers: { at: number; action: () => void }[] = [];

  nowNs(): bigint {
    return BigInt(this.#nowMs) * 1_000_000n;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { at: this.#nowMs + delayMs, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Goes on by `ms`, and lets what follows from the timers happen. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      const next = this.#timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#nowMs = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.action();
    }
    this.#nowMs = until;
  }
}
