import type { TouchOp } from '../../core/touch.js';

/** The script tells of a process anew after 10 s (`toldSeconds` in script.ts), and some. */
const rememberedMs = 15_000;
const mostRemembered = 20_000;

interface Told {
  readonly atMs: number;
  /** Start of the process in the clock ticks of /proc, where it was told. */
  readonly startTick: bigint | undefined;
}

/** What makes sure that a number is the same thread's still. */
export interface SameThread {
  /** Start of the process that has the number, on the boot clock in ns. */
  readonly startedAtNs?: bigint | undefined;
  /** For one that is gone, who cannot be asked: told at this time, in ms, or later. */
  readonly sinceMs?: number;
}

/** Who was told of a short while ago: two ways lead to the kernel, and one touch may come on both. */
export class RecentTouches {
  readonly #nowMs: () => number;
  readonly #told = new Map<string, Told>();
  /** By slot and operation: when the script counted touches of anybody. */
  readonly #countedAtMs = new Map<string, number>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  told(slot: number, ids: Iterable<number>, op: TouchOp, startedAtNs?: bigint): void {
    const atMs = this.#nowMs();
    for (const id of ids) {
      const key = `${slot} ${id} ${op}`;
      this.#told.delete(key);
      this.#told.set(key, { atMs, startTick: tickOf(startedAtNs) });
    }
    this.#forget(atMs);
  }

  /** The script counted this, by whichever thread of the process. */
  countedByScript(slot: number, op: TouchOp): void {
    const key = `${slot} ${op}`;
    this.#countedAtMs.delete(key);
    this.#countedAtMs.set(key, this.#nowMs());
    if (this.#countedAtMs.size <= mostRemembered) return;
    this.#countedAtMs.delete(this.#countedAtMs.keys().next().value as string);
  }

  /** Whether the script counted somebody who did this to the trap of a slot at `sinceMs` or later. */
  hasCounted(slot: number, op: TouchOp, sinceMs: number): boolean {
    return (this.#countedAtMs.get(`${slot} ${op}`) ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }

  /** Whether a process or thread was told to have done this to the trap of a slot. */
  has(slot: number, id: number, op: TouchOp, { startedAtNs, sinceMs }: SameThread = {}): boolean {
    const told = this.#told.get(`${slot} ${id} ${op}`);
    if (told === undefined || this.#nowMs() - told.atMs >= rememberedMs) return false;
    if (sinceMs !== undefined && told.atMs < sinceMs) return false;
    const startTick = tickOf(startedAtNs);
    return startTick === undefined || told.startTick === undefined || startTick === told.startTick;
  }

  #forget(nowMs: number): void {
    for (const [key, { atMs }] of this.#told) {
      if (nowMs - atMs < rememberedMs && this.#told.size <= mostRemembered) return;
      this.#told.delete(key);
    }
  }
}

/** /proc knows start times only to 10 ms. */
function tickOf(startedAtNs: bigint | undefined): bigint | undefined {
  return startedAtNs === undefined ? undefined : startedAtNs / 10_000_000n;
}
