import type { Incident } from './incident.js';
import type { RunningSandbox } from './ports/sandbox.js';

/** One actor's place: the sandbox that they have, or are to have. */
export class SandboxPlace {
  /** The incident that the container bears the name of. */
  readonly id: string;
  readonly actorKey: string;
  readonly openedAtNs: bigint;
  /** When it is removed at the latest, ns since the epoch. */
  readonly untilNs: bigint;
  /** The actor's latest incident. */
  incident: Incident;
  running: RunningSandbox | undefined;
  /** Why it does not run, as it was last told. */
  failure: string | undefined;
  /** When something was last seen of whom it is for, ns since the epoch. */
  usedAtNs: bigint;
  /** The engine call under way. */
  busy: Promise<void> = Promise.resolve();
  isClosed = false;
  hasRun = false;
  cancel: () => void = () => {};
  readonly #waiting = new Set<(running: RunningSandbox) => void>();

  constructor(incident: Incident, nowNs: bigint, untilNs: bigint) {
    this.id = incident.id;
    this.actorKey = incident.actorKey;
    this.openedAtNs = incident.openedAtNs;
    this.incident = incident;
    this.usedAtNs = nowNs;
    this.untilNs = untilNs;
  }

  runs(running: RunningSandbox): void {
    this.running = running;
    this.hasRun = true;
    this.failure = undefined;
    for (const tell of this.#waiting) tell(running);
    this.#waiting.clear();
  }

  /** Resolves as soon as it runs. */
  get ready(): Promise<RunningSandbox> {
    if (this.running !== undefined) return Promise.resolve(this.running);
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
