import type { Touch } from '../../core/touch.js';

const mostRemembered = 4096;

interface Early {
  readonly atNs: bigint;
  /** How many of them the script has not told yet. */
  count: number;
  /** The script has begun to tell of them. */
  confirmed: boolean;
}

/**
 * Touches that hooks see, but that fanotify was the first to tell of: when the script catches up, they
 * must not count twice.
 */
export class ToldEarly {
  readonly #early = new Map<string, Early>();

  /** fanotify was first. */
  told(slot: number, { actor, op, atNs, count = 1 }: Touch): void {
    const key = keyOf(slot, actor.process?.pid, op);
    if (key === undefined) return;
    const before = this.#early.get(key);
    this.#early.delete(key);
    this.#early.set(key, {
      atNs,
      count: (before?.count ?? 0) + count,
      confirmed: before?.confirmed ?? false,
    });
    if (this.#early.size > mostRemembered) this.#early.delete(this.#early.keys().next().value as string);
  }

  /** What of the script's touch was not told yet; undefined when all of it was. */
  rest(slot: number, touch: Touch): Touch | undefined {
    const key = keyOf(slot, touch.actor.process?.pid, touch.op);
    const early = key === undefined ? undefined : this.#early.get(key);
    if (key === undefined || early === undefined) return touch;
    // What fanotify did not know is worth telling again.
    if (touch.held !== undefined || touch.tampers === true) return touch;
    const counted = touch.count !== undefined;
    // A first touch of later than what was told is another one; of counted ones the time is not known.
    if (counted ? !early.confirmed : touch.atNs > early.atNs) {
      if (!counted) this.#early.delete(key);
      return touch;
    }
    early.confirmed = true;
    const { count = 1 } = touch;
    const known = Math.min(count, early.count);
    early.count -= known;
    if (early.count === 0) this.#early.delete(key);
    return count === known ? undefined : { ...touch, count: count - known };
  }
}

function keyOf(slot: number, pid: number | undefined, op: string): string | undefined {
  return pid === undefined ? undefined : `${slot} ${pid} ${op}`;
}
