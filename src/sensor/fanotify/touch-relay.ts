import type { Actor } from '../../core/actor.js';
import type { Touch, TouchOp } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';
import type { Actors } from '../marks/actors.js';
import type { MarkEvent, Verdict } from '../marks/mark-event.js';
import { isTampering } from '../marks/mark-ops.js';

export interface TouchRelayOptions {
  readonly actors: Actors;
  readonly verdict: Verdict;
  readonly touched: (touch: Touch) => void;
}

/** Hands touches on in the order they came, each with its actor. */
export class TouchRelay {
  readonly #options: TouchRelayOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(options: TouchRelayOptions) {
    this.#options = options;
  }

  /** A touch of `trap`; `answer` lets go whom the kernel holds, once everything about it is known. */
  add(trap: Trap, event: MarkEvent, answer?: (held: number, verdict: Verdict) => void): void {
    const { actors, verdict } = this.#options;
    const actor = actors.of(event);
    const { held, atNs, count, contained } = event;
    if (held !== undefined && answer !== undefined) void actor.then(() => answer(held, verdict));
    const denied = event.denied || (held !== undefined && verdict === 'deny');
    const ops: readonly TouchOp[] = denied ? ['denied'] : event.ops;
    this.#hand(actor, (found) =>
      ops.map((op) => ({
        trapId: trap.id,
        op,
        atNs,
        actor: found,
        ...(count > 1 && { count }),
        ...(contained !== undefined && { held: contained }),
        ...(isTampering(op) && { tampers: true }),
      })),
    );
  }

  /** A trap that went away while nobody looked: only when and by whom is not known. */
  addVanished(trap: Trap, atNs: bigint): void {
    const nobody: Actor = { certainty: 'unknown', ancestors: [] };
    this.#hand(Promise.resolve(nobody), (actor) => [
      { trapId: trap.id, op: 'unlink', atNs, actor, tampers: true },
    ]);
  }

  /** Resolves when all touches so far were handed on. */
  drained(): Promise<void> {
    return this.#last;
  }

  #hand(actor: Promise<Actor>, touches: (actor: Actor) => Touch[]): void {
    this.#last = this.#last.then(async () => {
      for (const touch of touches(await actor)) this.#options.touched(touch);
    });
  }
}
