import type { Actor } from '../../core/actor.js';

const mostRemembered = 4096;
/** A number may be another process's after so long, in ms: the kernel goes round 32,768 of them. */
const freshMs = 5000;

/** Actors that the script told of, by thread and by process: it knows them from the kernel itself. */
export class KnownActors {
  readonly #nowMs: () => number;
  readonly #actors = new Map<number, { readonly actor: Actor; readonly atMs: number }>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  remember(actor: Actor): void {
    for (const id of [actor.process?.pid, actor.threadId]) if (id !== undefined) this.#put(id, actor);
  }

  /** The last one that was told of under this number. */
  of(id: number): Actor | undefined {
    return this.#actors.get(id)?.actor;
  }

  /**
   * The better known of the two: the one told of, unless /proc shows that another process has its
   * number now, or the one told of a while ago is gone. /proc knows start times only to 10 ms.
   */
  ofSame(id: number, inspected: Actor): Actor {
    const { actor: known, atMs = 0 } = this.#actors.get(id) ?? {};
    if (known === undefined) return inspected;
    if (inspected.certainty !== 'kernel') return this.#nowMs() - atMs < freshMs ? known : inspected;
    const [told, seen] = [known.process?.startedAtNs, inspected.process?.startedAtNs];
    return told === undefined || seen === undefined || told / tick === seen / tick ? known : inspected;
  }

  #put(id: number, actor: Actor): void {
    this.#actors.delete(id);
    this.#actors.set(id, { actor, atMs: this.#nowMs() });
    if (this.#actors.size > mostRemembered) this.#actors.delete(this.#actors.keys().next().value as number);
  }
}

const tick = 10_000_000n;
