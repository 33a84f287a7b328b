import type { Actor } from '../../core/actor.js';
import type { MarkEvent } from './mark-event.js';
import { RecentMap } from './recent-map.js';

const mostRemembered = 4096;
const mostLooks = 3;

/** Completes an actor from /proc. */
export type Inspect = (known: Actor) => Promise<Actor>;

/** Names the actors of events. */
export class Actors {
  readonly #inspect: Inspect;
  /** By process: what was found when it was last looked at; counted repetitions are of the same. */
  readonly #last = new RecentMap<Promise<Actor>>(mostRemembered);

  constructor(inspect: Inspect) {
    this.#inspect = inspect;
  }

  /** Never rejects. */
  of(event: MarkEvent): Promise<Actor> {
    const { owner, threadId } = event;
    if (owner === undefined) return Promise.resolve(unknownThread(threadId));
    const key = `${owner.processId} ${owner.startedAtNs}`;
    const before = this.#last.get(key);
    if (event.isOwnerGuessed === true) return guessed(before ?? namedByKernel(event, owner), threadId);
    // Counted, or gone before it was looked at again.
    if (before !== undefined && (event.count > 1 || event.look === undefined))
      return ofThread(before, threadId);
    const actor = this.#look(namedByKernel(event, owner), event.held !== undefined, before);
    this.#last.set(key, actor);
    return actor;
  }

  async #look(known: Actor, isHeld: boolean, before: Promise<Actor> | undefined): Promise<Actor> {
    let found = await this.#ask(known);
    // On a busy host one look may not be enough, and who is held can be looked at again.
    for (let more = isHeld ? mostLooks - 1 : 0; more > 0 && !isWhole(found); more -= 1) {
      found = await this.#ask(found);
    }
    const earlier = await before;
    // It ended while it was looked at, but the same program was seen wholly before.
    const isSameProgram = earlier?.process?.executable === known.process?.executable;
    const isLess = earlier !== undefined && isWhole(earlier) && !isWhole(found);
    return isSameProgram && isLess ? ofThread(earlier, known.threadId) : found;
  }

  #ask(known: Actor): Promise<Actor> {
    return this.#inspect(known).catch(() => known);
  }
}

/** Arguments are what only a look into the living process gives. */
function isWhole({ process }: Actor): boolean {
  return process?.args !== undefined;
}

function namedByKernel({ look, threadId }: MarkEvent, owner: NonNullable<MarkEvent['owner']>): Actor {
  if (look !== undefined) return { certainty: 'kernel', threadId, ...look };
  const { processId: pid, startedAtNs, name } = owner;
  const process = { pid, startedAtNs, ...(name !== undefined && { name }) };
  return { certainty: 'kernel', process, threadId, ancestors: [] };
}

async function ofThread(actor: Actor | Promise<Actor>, threadId: number | undefined): Promise<Actor> {
  return { ...(await actor), ...(threadId !== undefined && { threadId }) };
}

/** Without its start time it is nobody's: it is told apart from the process that it may have been. */
async function guessed(actor: Actor | Promise<Actor>, threadId: number): Promise<Actor> {
  const { process, ...rest } = await ofThread(actor, threadId);
  const { startedAtNs: _, ...facts } = process ?? { pid: threadId };
  return { ...rest, certainty: 'guess', process: facts };
}

/** The id of a thread need not be that of its process. */
function unknownThread(threadId: number): Actor {
  return { certainty: 'unknown', ...(threadId > 0 && { threadId }), ancestors: [] };
}
