import type { Actor, ProcessFacts } from '../core/actor.js';
import { isKept, keptAncestors } from './kept-ancestors.js';
import { mergedFacts } from './merged-facts.js';
import type { ProcReader } from './proc-reader.js';
import { identityOf, type ProcessIdentity } from './process-identity.js';
import { type ProcessSnapshot, takeSnapshot } from './process-snapshot.js';
import type { UserDatabase } from './user-database.js';

/** As many reads at a time as the thread pool has threads. */
const lanes = 4;

export interface DraftSources {
  readonly reader: ProcReader;
  readonly users: UserDatabase;
  /** The snapshot of an ancestor that goes, or went, by `name`. */
  readonly ancestor: (identity: ProcessIdentity, name?: string) => Promise<ProcessSnapshot | undefined>;
  /** Pid, start and name of every process above one, parent first. */
  readonly climb: (from: ProcessIdentity) => Promise<readonly ProcessFacts[]>;
}

/** One actor while it is completed; `actor()` gives at any time what is known by then. */
export class ActorDraft {
  readonly #known: Actor;
  readonly #sources: DraftSources;
  /** All of them, also those that `actor()` leaves out. */
  readonly #chain: ProcessFacts[];
  #process: ProcessFacts | undefined;
  #login: Omit<ProcessSnapshot, 'facts'> | undefined;

  constructor(actor: Actor, sources: DraftSources) {
    this.#known = actor;
    this.#sources = sources;
    this.#process = actor.process;
    this.#chain = [...actor.ancestors];
  }

  /** Finds out all there is. */
  async complete(): Promise<void> {
    const given = this.#chain.length;
    // The process first: it may be about to end.
    const itself = this.#completeProcess();
    await Promise.all([itself, this.#completeAncestors(0), this.#climb(given)]);
  }

  /** The actor as far as it is known now. */
  actor(): Actor {
    const { process, ...known } = this.#known;
    const kept = keptAncestors(this.#chain);
    // The chain may have come with a hole, which lies where this one is.
    const omitted = (known.ancestorsOmitted ?? 0) + (kept.ancestorsOmitted ?? 0);
    const { posixSession, tty, loginUid, auditSession } = this.#login ?? {};
    return {
      ...(posixSession !== undefined && { posixSession }),
      ...(tty !== undefined && { tty }),
      ...(loginUid !== undefined && { loginUid }),
      ...(auditSession !== undefined && { auditSession }),
      ...known,
      ...(this.#process !== undefined && { process: this.#process }),
      ancestors: kept.ancestors,
      ...(omitted > 0 && { ancestorsOmitted: omitted }),
    };
  }

  async #completeProcess(): Promise<void> {
    const known = this.#known.process;
    if (known === undefined) return;
    const identity = identityOf(known);
    const { threadId = known.pid } = this.#known;
    const snapshot = identity && (await takeSnapshot(this.#sources.reader, identity, undefined, threadId));
    if (snapshot !== undefined) {
      const { facts, ...login } = snapshot;
      this.#process = mergedFacts(known, facts, threadId !== known.pid);
      this.#login = login;
    }
    this.#process = this.#named(this.#process ?? known);
  }

  async #completeAncestor(index: number): Promise<void> {
    const known = this.#chain[index] as ProcessFacts;
    const identity = identityOf(known);
    const snapshot = identity && (await this.#sources.ancestor(identity, known.name));
    const merged = snapshot === undefined ? known : mergedFacts(known, snapshot.facts);
    this.#chain[index] = this.#named(merged);
  }

  /** Goes on to PID 1 where the sensor's chain ends before it. */
  async #climb(from: number): Promise<void> {
    const last = from > 0 ? this.#chain[from - 1] : this.#process;
    const identity = last && identityOf(last);
    if (identity === undefined || identity.pid === 1) return;
    // The whole way first, by what is cheap: whoever is on it may be about to end.
    this.#chain.push(...(await this.#sources.climb(identity)));
    await this.#completeAncestors(from);
  }

  /** The nearest first and few at a time: those that are done when the time is up are done wholly. */
  async #completeAncestors(from: number): Promise<void> {
    const { length } = this.#chain;
    const kept = [...this.#chain.keys()].filter((index) => index >= from && isKept(index, length)).values();
    const lane = async () => {
      for (const index of kept) await this.#completeAncestor(index);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  #named(facts: ProcessFacts): ProcessFacts {
    if (facts.uid === undefined || facts.userName !== undefined) return facts;
    const userName = this.#sources.users.nameOf(facts.uid);
    return userName === undefined ? facts : { ...facts, userName };
  }
}
