import type { TouchOp } from '../../core/touch.js';

/** What makes one event of fanotify that waits comparable to what the script tells. */
interface Waits {
  readonly op: TouchOp;
  readonly event: {
    /** Slot of the trap. */
    readonly id: number;
    readonly threadId: number;
    readonly owner?: { readonly processId: number } | undefined;
  };
}

/** Events of fanotify that wait for the script to tell the same, oldest first, found by who did what. */
export class WaitingEvents<Waiting extends Waits> implements Iterable<Waiting> {
  readonly #all = new Set<Waiting>();
  readonly #byActor = new Map<string, Set<Waiting>>();

  get size(): number {
    return this.#all.size;
  }

  add(one: Waiting): void {
    this.#all.add(one);
    const key = keyOf(one);
    const same = this.#byActor.get(key);
    if (same === undefined) this.#byActor.set(key, new Set([one]));
    else same.add(one);
  }

  has(one: Waiting): boolean {
    return this.#all.has(one);
  }

  delete(one: Waiting): boolean {
    const key = keyOf(one);
    const same = this.#byActor.get(key);
    same?.delete(one);
    if (same?.size === 0) this.#byActor.delete(key);
    return this.#all.delete(one);
  }

  /** Those of a thread, or of a process where it is known which one the thread is of. */
  of(slot: number, ids: Iterable<number>, op: TouchOp): Waiting[] {
    return [...new Set(ids)].flatMap((id) => [...(this.#byActor.get(`${slot} ${id} ${op}`) ?? [])]);
  }

  [Symbol.iterator](): Iterator<Waiting> {
    return this.#all.values();
  }
}

function keyOf({ op, event: { id, threadId, owner } }: Waits): string {
  return `${id} ${owner?.processId ?? threadId} ${op}`;
}
