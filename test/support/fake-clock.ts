import type { Clock } from '../../src/core/ports/clock.js';

/** Time that moves only when the test says so. */
export class FakeClock implements Clock {
  #nowMs = 1_763_848_230_000;
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

  /** Moves on, running every timer in its order, with time for promises in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.at);
      next.action();
    }
    this.#nowMs = end;
    await settled();
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }
}

/** Lets everything run that is already due. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
