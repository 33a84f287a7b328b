import type { TouchOp } from '../../core/touch.js';

/** The script tells of a process anew after 10 s (`toldSeconds` in script.ts), and some. */
const rememberedMs = 15_000;
const mostRemembered = 20_000;

/** Who was told of a short while ago: two ways lead to the kernel, and one touch may come on both. */
export class RecentTouches {
  readonly #nowMs: () => number;
  readonly #toldAtMs = new Map<string, number>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  told(slot: number, ids: Iterable<number>, op: TouchOp): void {
    const nowMs = this.#nowMs();
    for (const id of ids) {
      const key = `${slot} ${id} ${op}`;
      this.#toldAtMs.delete(key);
      this.#toldAtMs.set(key, nowMs);
    }
    this.#forget(nowMs);
  }

  /** Whether a process or thread was told to have done this to the trap of a slot. */
  has(slot: number, id: number, op: TouchOp): boolean {
    const toldAtMs = this.#toldAtMs.get(`${slot} ${id} ${op}`);
    return toldAtMs !== undefined && this.#nowMs() - toldAtMs < rememberedMs;
  }

  #forget(nowMs: number): void {
    for (const [key, toldAtMs] of this.#toldAtMs) {
      if (nowMs - toldAtMs < rememberedMs && this.#toldAtMs.size <= mostRemembered) return;
      this.#toldAtMs.delete(key);
    }
  }
}
