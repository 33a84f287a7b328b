import type { Actor } from '../../core/actor.js';
import { BoundedMap } from '../bounded-map.js';

const mostRemembered = 4096;
/** A number may be another process's after so long, in ms: the kernel goes round 32,768 of them. */
const freshMs = 5000;
/** What a thread leaves when it ends comes with its last events: so long before them at most, in ms. */
const nearMs = 300;

interface Known {
  readonly actor: Actor;
  readonly atMs: number;
  /** When another process was told of under the number for the last time. */
  readonly rivalAtMs: number;
}

/** Actors that the script told of, by thread and by process: it knows them from the kernel itself. */
export class KnownActors {
  readonly #nowMs: () => number;
  readonly #actors = new BoundedMap<number, Known>(mostRemembered);

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  remember(actor: Actor): void {
    for (const id of new Set([actor.process?.pid, actor.threadId]))
      if (id !== undefined) this.#put(id, actor);
  }

  /** What was told of the process that has the number now; undefined when that was of another. */
  of(id: number, startedAtNs: bigint | undefined): Actor | undefined {
    const actor = this.#actors.get(id)?.actor;
    return actor !== undefined && isSame(actor.process?.startedAtNs, startedAtNs) ? actor : undefined;
  }

  /** The better known of the two, unless what was told is of an earlier process with the number. */
  ofSame(id: number, inspected: Actor): Actor {
    return this.of(id, inspected.process?.startedAtNs) ?? inspected;
  }

  /**
   * Whose the number was of a thread that had ended when its event was read, at `readAtMs`. Certain
   * when told about that time, and of nobody else; else a guess, for it may be another's by then.
   */
  ofGone(id: number, readAtMs: number): Actor | undefined {
    const known = this.#actors.get(id);
    if (known === undefined || this.#nowMs() - known.atMs >= freshMs) return undefined;
    return this.isCertain(id, readAtMs) ? known.actor : toGuess(known.actor);
  }

  /** Whether the script told about the time `readAtMs` whose the number was, and of one process only. */
  isCertain(id: number, readAtMs: number): boolean {
    const { atMs, rivalAtMs } = this.#actors.get(id) ?? {};
    if (atMs === undefined || rivalAtMs === undefined) return false;
    return atMs >= readAtMs - nearMs && rivalAtMs < readAtMs - nearMs;
  }

  #put(id: number, actor: Actor): void {
    const before = this.#actors.get(id);
    const isRival = !isSame(before?.actor.process?.startedAtNs, actor.process?.startedAtNs);
    const rivalAtMs = isRival ? before?.atMs : before?.rivalAtMs;
    this.#actors.set(id, { actor, atMs: this.#nowMs(), rivalAtMs: rivalAtMs ?? Number.NEGATIVE_INFINITY });
  }
}

/** /proc knows start times only to 10 ms. */
function isSame(one: bigint | undefined, other: bigint | undefined): boolean {
  return one === undefined || other === undefined || one / tick === other / tick;
}

const tick = 10_000_000n;

/** Without its start time it is nobody's: it is told apart from the process that it may have been. */
function toGuess({ process, ...actor }: Actor): Actor {
  const { startedAtNs: _, ...facts } = process ?? {};
  return { ...actor, certainty: 'guess', ...('pid' in facts && { process: facts }) };
}
