import type { Actor } from '../../core/actor.js';
import type { MoreTouches } from './messages.js';

const mostRemembered = 4096;

/** Actors that the script told of, for the touches that it only counted afterwards. */
export class ToldActors {
  readonly #actors = new Map<string, Actor>();

  remember(actor: Actor): void {
    const { process } = actor;
    if (process?.startedAtNs === undefined) return;
    const key = keyOf(process.pid, process.startedAtNs);
    this.#actors.delete(key);
    this.#actors.set(key, actor);
    if (this.#actors.size > mostRemembered) this.#actors.delete(this.#actors.keys().next().value as string);
  }

  /** Whose touches were counted; at the least the process itself. */
  of({ pid, startedAtNs }: Pick<MoreTouches, 'pid' | 'startedAtNs'>): Actor {
    return (
      this.#actors.get(keyOf(pid, startedAtNs)) ?? {
        certainty: 'kernel',
        process: { pid, startedAtNs },
        ancestors: [],
      }
    );
  }
}

function keyOf(pid: number, startedAtNs: bigint): string {
  return `${pid} ${startedAtNs}`;
}
