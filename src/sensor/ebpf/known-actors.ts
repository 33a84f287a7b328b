import type { Actor } from '../../core/actor.js';

const mostRemembered = 4096;

/** Actors that the script told of, by thread and by process: it knows them from the kernel itself. */
export class KnownActors {
  readonly #actors = new Map<number, Actor>();

  remember(actor: Actor): void {
    for (const id of [actor.process?.pid, actor.threadId]) if (id !== undefined) this.#put(id, actor);
  }

  /** The last one that was told of under this number. */
  of(id: number): Actor | undefined {
    return this.#actors.get(id);
  }

  /**
   * The better known of the two: the one told of, unless /proc shows that another process has its
   * number now. /proc knows start times only to 10 ms.
   */
  ofSame(id: number, inspected: Actor): Actor {
    const known = this.#actors.get(id);
    if (known === undefined) return inspected;
    const [told, seen] = [known.process?.startedAtNs, inspected.process?.startedAtNs];
    return told === undefined || seen === undefined || told / tick === seen / tick ? known : inspected;
  }

  #put(id: number, actor: Actor): void {
    this.#actors.delete(id);
    this.#actors.set(id, actor);
    if (this.#actors.size > mostRemembered) this.#actors.delete(this.#actors.keys().next().value as number);
  }
}

const tick = 10_000_000n;
