import type { Actor, ProcessFacts } from '../core/actor.js';
import { mergedFacts } from './merged-facts.js';
import type { ProcReader } from './proc-reader.js';
import { type ProcessIdentity, type ProcessSnapshot, parentOf, takeSnapshot } from './process-snapshot.js';
import type { UserDatabase } from './user-database.js';

/** No real chain is longer; a crafted one may be. */
const mostAncestors = 64;

export interface DraftSources {
  readonly reader: ProcReader;
  readonly users: UserDatabase;
  /** The snapshot of an ancestor that goes, or went, by `name`. */
  readonly ancestor: (identity: ProcessIdentity, name?: string) => Promise<ProcessSnapshot | undefined>;
}

/** One actor while it is completed; `actor()` gives at any time what is known by then. */
export class ActorDraft {
  readonly #known: Actor;
  readonly #sources: DraftSources;
  readonly #ancestors: ProcessFacts[];
  #process: ProcessFacts | undefined;
  #login: Omit<ProcessSnapshot, 'facts'> | undefined;

  constructor(actor: Actor, sources: DraftSources) {
    this.#known = actor;
    this.#sources = sources;
    this.#process = actor.process;
    this.#ancestors = [...actor.ancestors];
  }

  /** Finds out all there is. */
  async complete(): Promise<void> {
    const given = this.#ancestors.length;
    // The process first: it may be about to end.
    const itself = this.#completeProcess();
    const known = this.#ancestors.map((_, index) => this.#completeAncestor(index));
    await Promise.all([itself, ...known, this.#climb(given)]);
  }

  /** The actor as far as it is known now. */
  actor(): Actor {
    const { process, ...known } = this.#known;
    const { posixSession, tty, loginUid, auditSession } = this.#login ?? {};
    return {
      ...(posixSession !== undefined && { posixSession }),
      ...(tty !== undefined && { tty }),
      ...(loginUid !== undefined && { loginUid }),
      ...(auditSession !== undefined && { auditSession }),
      ...known,
      ...(this.#process !== undefined && { process: this.#process }),
      ancestors: [...this.#ancestors],
    };
  }

  async #completeProcess(): Promise<void> {
    const known = this.#known.process;
    if (known === undefined) return;
    const identity = identityOf(known);
    const snapshot = identity && (await takeSnapshot(this.#sources.reader, identity));
    if (snapshot !== undefined) {
      const { facts, ...login } = snapshot;
      const { threadId = known.pid } = this.#known;
      this.#process = mergedFacts(known, facts, threadId !== known.pid);
      this.#login = login;
    }
    this.#process = await this.#named(this.#process ?? known);
  }

  async #completeAncestor(index: number): Promise<void> {
    const known = this.#ancestors[index] as ProcessFacts;
    const identity = identityOf(known);
    const snapshot = identity && (await this.#sources.ancestor(identity, known.name));
    const merged = snapshot === undefined ? known : mergedFacts(known, snapshot.facts);
    this.#ancestors[index] = merged;
    this.#ancestors[index] = await this.#named(merged);
  }

  /** Goes on to PID 1 where the sensor's chain ends before it. */
  async #climb(from: number): Promise<void> {
    let last = from > 0 ? this.#ancestors[from - 1] : this.#process;
    while (last !== undefined && last.pid !== 1 && this.#ancestors.length < mostAncestors) {
      const identity = identityOf(last);
      const parent = identity && (await parentOf(this.#sources.reader, identity));
      const snapshot = parent && (await this.#sources.ancestor(parent));
      if (snapshot === undefined) return;
      last = await this.#named(snapshot.facts);
      this.#ancestors.push(last);
    }
  }

  async #named(facts: ProcessFacts): Promise<ProcessFacts> {
    if (facts.uid === undefined || facts.userName !== undefined) return facts;
    const userName = await this.#sources.users.nameOf(facts.uid);
    return userName === undefined ? facts : { ...facts, userName };
  }
}

function identityOf({ pid, startedAtNs }: ProcessFacts): ProcessIdentity | undefined {
  return startedAtNs === undefined ? undefined : { pid, startedAtNs };
}
