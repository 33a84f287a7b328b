import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { TouchOp } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';

const unknownActor: Actor = { certainty: 'unknown', ancestors: [] };
/** A touch must not wait long for a guess, nor a burst of touches make a burst of searches. */
const patienceMs = 500;
const mostSearches = 16;

export interface TouchRelayOptions {
  /** Who may have the file at a printable path open. */
  readonly holders: (path: string) => Promise<Actor>;
  readonly clock: Clock;
  readonly touched: (touch: { trapId: string; op: TouchOp; atNs: bigint; actor: Actor }) => void;
}

/** Hands touches on in the order they came, each with a guess at who it was. */
export class TouchRelay {
  readonly #options: TouchRelayOptions;
  readonly #searches = new Map<string, Promise<Actor>>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: TouchRelayOptions) {
    this.#options = options;
  }

  /** `op` of `trap` now; inotify tells no time of its own. `path` is what the actor may have open. */
  add(trap: Trap, op: TouchOp, path: string = trap.path): void {
    const atNs = this.#options.clock.nowNs();
    const search = this.#search(path);
    this.#last = this.#last.then(async () => {
      this.#options.touched({ trapId: trap.id, op, atNs, actor: await search });
    });
  }

  /** Resolves when all touches so far were handed on. */
  drained(): Promise<void> {
    return this.#last;
  }

  /** Touches of one file at one time (open, read, close) share one search. */
  #search(path: string): Promise<Actor> {
    const running = this.#searches.get(path);
    if (running !== undefined) return running;
    if (this.#searches.size >= mostSearches) return Promise.resolve(unknownActor);
    const search = this.#patient(path).finally(() => this.#searches.delete(path));
    this.#searches.set(path, search);
    return search;
  }

  async #patient(path: string): Promise<Actor> {
    let cancel: (() => void) | undefined;
    const late = new Promise<Actor>((resolve) => {
      cancel = this.#options.clock.after(patienceMs, () => resolve(unknownActor));
    });
    const guess = this.#options.holders(path).catch(() => unknownActor);
    const actor = await Promise.race([guess, late]);
    cancel?.();
    return actor;
  }
}
