import type { Actor } from '../../core/actor.js';
import type { MarkEvent } from './mark-event.js';
import { RecentMap } from './recent-map.js';
import type { ThreadOwner } from './thread-owner.js';

export const unknownActor: Actor = { certainty: 'unknown', ancestors: [] };
const mostRemembered = 4096;
/** The kernel's start of a process and that in /proc differ by less than this. */
const tickNs = 10_000_000n;

export type Inspect = (pid: number, threadId: number) => Promise<Actor>;

/** Names the actors of events. */
export class Actors {
  readonly #inspect: Inspect;
  /** By process: what was found when it was last inspected; counted repetitions are of the same. */
  readonly #last = new RecentMap<Promise<Actor>>(mostRemembered);

  constructor(inspect: Inspect) {
    this.#inspect = inspect;
  }

  /** Never rejects. */
  of(event: MarkEvent): Promise<Actor> {
    const { owner, threadId } = event;
    if (owner === undefined) return Promise.resolve(namedByThread(threadId));
    const key = `${owner.processId} ${owner.startedAtNs}`;
    const before = this.#last.get(key);
    if (before !== undefined && event.count > 1) return before;
    const actor = this.#look(owner, threadId, before);
    this.#last.set(key, actor);
    return actor;
  }

  async #look(owner: ThreadOwner, threadId: number, before: Promise<Actor> | undefined): Promise<Actor> {
    const { processId, parentId, startedAtNs, name } = owner;
    const found = await this.#ask(processId, threadId);
    const isFound = isOf(found, processId, startedAtNs);
    if (isFound && (found.ancestors.length > 0 || parentId === 0)) return found;
    const earlier = await before;
    if (earlier !== undefined && isOf(earlier, processId, startedAtNs)) return { ...earlier, threadId };
    // It ended before or while it was looked at, as it may where the kernel does not hold it: its
    // parent is there.
    const parent = parentId > 0 ? await this.#ask(parentId, parentId) : unknownActor;
    const gone = { pid: processId, startedAtNs, ...(name !== undefined && { name }) };
    return childOf(parent, isFound ? found : { certainty: 'kernel', process: gone, threadId, ancestors: [] });
  }

  #ask(pid: number, threadId: number): Promise<Actor> {
    return this.#inspect(pid, threadId).catch(() => unknownActor);
  }
}

/** `actor` with the ancestors of its parent; a login goes from parent to child. */
function childOf(parent: Actor, actor: Actor): Actor {
  const { process, ancestors, ancestorsOmitted } = parent;
  const { loginUid, auditSession, posixSession, tty } = parent;
  return {
    ...(loginUid !== undefined && { loginUid }),
    ...(auditSession !== undefined && { auditSession }),
    ...(posixSession !== undefined && { posixSession }),
    ...(tty !== undefined && { tty }),
    ...actor,
    ancestors: process === undefined ? [] : [process, ...ancestors],
    ...(ancestorsOmitted !== undefined && { ancestorsOmitted }),
  };
}

function isOf({ process }: Actor, pid: number, startedAtNs: bigint): boolean {
  if (process?.pid !== pid || process.startedAtNs === undefined) return false;
  const apart = process.startedAtNs - startedAtNs;
  return apart < tickNs && apart > -tickNs;
}

/** Most processes have one thread only, which has their id; whether this one had is not known any more. */
function namedByThread(threadId: number): Actor {
  if (threadId <= 0) return unknownActor;
  return { certainty: 'guess', process: { pid: threadId }, threadId, ancestors: [] };
}
