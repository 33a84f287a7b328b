import type { Actor, ProcessFacts } from '../core/actor.js';
import type { ActorDetails } from '../core/actor-details.js';
import type { ProcessInspector } from '../core/ports/process-inspector.js';
import { ActorDraft } from './actor-draft.js';
import { AncestryClimber } from './ancestry-climber.js';
import { fewAtATime } from './few-at-a-time.js';
import {
  type AncestorFacts,
  glanceAtAncestors,
  glanceAtProcess,
  glimpseAgeMs,
  type RecentGlimpses,
} from './glance.js';
import { inTime } from './in-time.js';
import { nextTurn } from './next-turn.js';
import { Portrait } from './portrait.js';
import type { ProcReader } from './proc-reader.js';
import { identityOf } from './process-identity.js';
import { type ProcessSnapshot, takeSnapshot } from './process-snapshot.js';
import { ProgramFiles } from './program-file.js';
import { RecentCache } from './recent-cache.js';
import { Sitter } from './sitter.js';
import type { UserDatabase } from './user-database.js';

export interface ProcessInspectorOptions {
  readonly reader: ProcReader;
  readonly users: UserDatabase;
  /** Time in ms that a glance takes for users of ancestors that the sensor did not tell, 1 when absent. */
  readonly glanceMs?: number;
  /**
   * Time in ms that a glance takes beyond it for what most sensors tell themselves, 10 when absent:
   * the way up to PID 1, which an intruder can make long, and arguments.
   */
  readonly searchMs?: number;
  /** Longest time of a description in ms, 1,000 when absent; what came too late is left out. */
  readonly describeMs?: number;
  /** For how many ms a look at the process is good for its next touch, 5 when absent. */
  readonly glimpseAgeMs?: number;
  /** How many ancestors are remembered, 512 when absent. */
  readonly cacheEntries?: number;
  /** For how many ms an ancestor is remembered, 1,000 when absent: its working directory may change. */
  readonly cacheAgeMs?: number;
}

/** There may be 64 of them in a record. */
const mostBytesOfAncestor = 512;

/** Part of the time that may go into finding the ancestors; the rest is for their programs. */
const climbingShare = 0.4;

/** A flood of processes must not keep the record of the next touch waiting. */
const describedAtATime = 4;

/** Completes actors from /proc and the passwd file. */
export class ProcProcessInspector implements ProcessInspector {
  readonly #options: ProcessInspectorOptions;
  readonly #ancestors: RecentCache<Promise<ProcessSnapshot | undefined>>;
  readonly #glances: RecentCache<AncestorFacts>;
  readonly #glimpses: RecentGlimpses;
  readonly #climber: AncestryClimber;
  readonly #programs = new ProgramFiles();
  readonly #inTurn = fewAtATime(describedAtATime);

  constructor(options: ProcessInspectorOptions) {
    this.#options = options;
    this.#climber = new AncestryClimber(options.reader);
    const memory = {
      maxEntries: options.cacheEntries ?? 512,
      maxAgeMs: options.cacheAgeMs ?? 1000,
      nowMs: () => performance.now(),
    };
    this.#ancestors = new RecentCache(memory);
    this.#glances = new RecentCache(memory);
    this.#glimpses = new RecentCache({ ...memory, maxAgeMs: options.glimpseAgeMs ?? glimpseAgeMs });
  }

  async glance(sensed: Actor): Promise<Actor> {
    try {
      return await this.#glance(sensed);
    } catch {
      return sensed;
    }
  }

  async describe(actor: Actor, recorded: Promise<unknown> = Promise.resolve()): Promise<ActorDetails> {
    // First whatever waits to be written: the record of the touch does.
    await nextTurn();
    try {
      return await this.#inTurn(() => this.#describe(actor, recorded));
    } catch {
      return { state: 'unidentified', actor };
    }
  }

  async #glance(sensed: Actor): Promise<Actor> {
    const { reader, users, glanceMs = 1, searchMs = 10 } = this.#options;
    const until = performance.now() + glanceMs;
    const searchUntil = until + searchMs;
    // The process first: it may be about to end.
    const args = this.#missingArgs(sensed, searchMs);
    const sources = { reader, names: users.names() };
    const actor = glanceAtProcess(sensed, sources, this.#glimpses);
    const climbed = await this.#climb(actor, searchUntil);
    const chain = [...actor.ancestors, ...climbed];
    const { ancestors, ancestorsOmitted: omitted = 0 } = glanceAtAncestors(
      chain,
      sources,
      this.#glances,
      until,
    );
    const ancestorsOmitted = (actor.ancestorsOmitted ?? 0) + omitted;
    return withArgs(
      { ...actor, ancestors, ...(ancestorsOmitted > 0 && { ancestorsOmitted }) },
      args && (await args),
    );
  }

  /** Goes on to PID 1 where the sensor's chain ends before it. */
  async #climb(actor: Actor, until: number): Promise<readonly ProcessFacts[]> {
    const last = actor.ancestors.at(-1) ?? actor.process;
    const identity = last && identityOf(last);
    return identity === undefined || identity.pid === 1 ? [] : this.#climber.climb(identity, until);
  }

  /** Undefined when the sensor gave them, as those do that name the process in the kernel. */
  #missingArgs(actor: Actor, withinMs: number): Promise<readonly string[] | undefined> | undefined {
    const { process, threadId } = actor;
    const identity = process && identityOf(process);
    if (identity === undefined || process?.args !== undefined) return undefined;
    const sitter = Sitter.meet(this.#options.reader, identity, threadId);
    const args = sitter?.ofProgram(() => this.#options.reader.args(sitter.seat));
    return args && inTime(args, withinMs);
  }

  async #describe(actor: Actor, recorded: Promise<unknown>): Promise<ActorDetails> {
    const { reader, users, describeMs = 1000 } = this.#options;
    const climbUntil = performance.now() + describeMs * climbingShare;
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
    const portrait = new Portrait(actor, { reader, programs: this.#programs });
    const onRecord = recorded.catch(() => undefined);
    const drawn = portrait.draw(onRecord);
    const completed = onRecord.then(() => draft.complete());
    await inTime(Promise.allSettled([drawn, completed]), describeMs);
    return portrait.details(draft.actor());
  }
}

function withArgs(actor: Actor, args: readonly string[] | undefined): Actor {
  if (actor.process === undefined || args === undefined || args.length === 0) return actor;
  return { ...actor, process: { ...actor.process, args } };
}
