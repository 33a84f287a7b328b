import type { Actor, ProcessFacts } from '../../core/actor.js';
import { BoundedMap } from '../bounded-map.js';
import type { MoreTouches } from './messages.js';

const mostRemembered = 4096;

/**
 * Actors that the script told of: for the touches that it only counted afterwards, and for those that
 * it told of in short, of the members of a crowd and of calls that copy.
 */
export class ToldActors {
  readonly #actors = new BoundedMap<string, Actor>(mostRemembered);
  /** The ancestors of a process's children, by that process. */
  readonly #chains = new BoundedMap<string, readonly ProcessFacts[]>(mostRemembered);

  /** The actor with what was told of it, or of its siblings, before. */
  complete(actor: Actor): Actor {
    const known = this.#actors.get(keyOf(actor.process));
    const chain = this.#chains.get(keyOf(actor.ancestors[0])) ?? [];
    const ancestors = actor.ancestors.length < chain.length ? chain : actor.ancestors;
    const { process } = actor;
    const args = process?.args ?? (known?.process?.name === process?.name ? known?.process?.args : undefined);
    const completed: Actor = {
      ...actor,
      ...(process !== undefined && { process: { ...process, ...(args !== undefined && { args }) } }),
      ancestors,
    };
    this.#actors.set(keyOf(process), completed);
    if (ancestors.length > 1) this.#chains.set(keyOf(ancestors[0]), ancestors);
    return completed;
  }

  /** Whose touches were counted; at the least the process itself. */
  of({ pid, startedAtNs }: Pick<MoreTouches, 'pid' | 'startedAtNs'>): Actor {
    const process = { pid, startedAtNs };
    return this.#actors.get(keyOf(process)) ?? { certainty: 'kernel', process, ancestors: [] };
  }
}

/** Undefined where the process is not known for good; nothing is remembered under it. */
function keyOf(process: ProcessFacts | undefined): string | undefined {
  return process?.startedAtNs === undefined ? undefined : `${process.pid} ${process.startedAtNs}`;
}
