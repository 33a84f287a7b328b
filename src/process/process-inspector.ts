import type { Actor } from '../core/actor.js';
import type { ProcessInspector } from '../core/ports/process-inspector.js';
import { ActorDraft } from './actor-draft.js';
import { AncestryClimber } from './ancestry-climber.js';
import type { ProcReader } from './proc-reader.js';
import { type ProcessSnapshot, takeSnapshot } from './process-snapshot.js';
import { RecentCache } from './recent-cache.js';
import type { UserDatabase } from './user-database.js';

export interface ProcessInspectorOptions {
  readonly reader: ProcReader;
  readonly users: UserDatabase;
  /** Longest time `complete` takes in ms, 50 when absent; what came too late is left out. */
  readonly deadlineMs?: number;
  /** How many ancestors are remembered, 512 when absent. */
  readonly cacheEntries?: number;
  /** For how many ms an ancestor is remembered, 1,000 when absent: its working directory may change. */
  readonly cacheAgeMs?: number;
}

/** There may be 64 of them in a record. */
const mostBytesOfAncestor = 512;

/** Part of the time that may go into finding the ancestors; the rest is for their programs. */
const climbingShare = 0.8;

/** Completes actors from /proc and the passwd file. */
export class ProcProcessInspector implements ProcessInspector {
  readonly #options: ProcessInspectorOptions;
  readonly #ancestors: RecentCache<ProcessSnapshot | undefined>;
  readonly #climber: AncestryClimber;

  constructor(options: ProcessInspectorOptions) {
    this.#options = options;
    this.#climber = new AncestryClimber(options.reader);
    this.#ancestors = new RecentCache({
      maxEntries: options.cacheEntries ?? 512,
      maxAgeMs: options.cacheAgeMs ?? 1000,
      nowMs: () => performance.now(),
    });
  }

  async complete(actor: Actor): Promise<Actor> {
    const { reader, users, deadlineMs = 50 } = this.#options;
    const climbUntil = performance.now() + deadlineMs * climbingShare;
    const draft = new ActorDraft(actor, {
      reader,
      users,
      // The name is part of the key because execve(2) makes another program of the same process.
      ancestor: (identity, name) =>
        this.#ancestors.get(`${identity.pid} ${identity.startedAtNs} ${name ?? ''}`, () =>
          takeSnapshot(reader, identity, mostBytesOfAncestor),
        ),
      climb: (from) => this.#climber.climb(from, climbUntil),
    });
    await finishedOrLate(draft.complete(), deadlineMs);
    return draft.actor();
  }
}

/** Resolves when `work` has ended in any way or `deadlineMs` have passed. */
async function finishedOrLate(work: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
