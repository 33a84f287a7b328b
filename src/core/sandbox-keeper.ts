import { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Diagnostics } from './ports/diagnostics.js';
import { type RunningSandbox, type Sandbox, SandboxUnavailable } from './ports/sandbox.js';
import type { KeptSandbox, SandboxJournal } from './ports/sandbox-journal.js';
import { RecentSet } from './recent-set.js';
import type { Recorder } from './record.js';
import { SandboxPlace } from './sandbox-place.js';
import { SandboxRecords } from './sandbox-records.js';
import { within } from './within.js';

export interface SandboxKeeperOptions {
  readonly sandbox: Sandbox;
  readonly journal: SandboxJournal;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly timeToLiveMs: number;
  /** One in which nothing happens is removed after this, in ms. */
  readonly idleMs: number;
  readonly maxRunning: number;
  readonly retryMs: number;
  readonly record: Recorder;
  /** It runs, for this incident: the first of its actor or a later one. */
  readonly started?: (running: RunningSandbox, incident: Incident) => void;
  /** It is about to be removed. Never rejects. */
  readonly leaving?: (running: RunningSandbox, incident: Incident) => Promise<void>;
}

/** A visitor at the door waits so long for the sandbox, in ms. */
const doorMs = 20_000;

/** Incidents whose refusal is on record; further ones have theirs too. */
const mostRefused = 1000;

/**
 * Gives each actor a sandbox for its time to live, the same one when they come back, and tries again while the
 * engine is away.
 */
export class SandboxKeeper {
  readonly #options: SandboxKeeperOptions;
  readonly #records: SandboxRecords;
  readonly #places = new Map<string, SandboxPlace>();
  /** Removals under way, by the name that the sandbox bears. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** Whoever is inside asks for a sandbox with each command. */
  #refused = new RecentSet(mostRefused);
  #stopping = false;
  /** What the operator was last told of the engine. */
  #complaint: string | undefined;
  #takenUp: Promise<void> | undefined;
  #cancelWatch: (() => void) | undefined;

  constructor(options: SandboxKeeperOptions) {
    this.#options = options;
    this.#records = new SandboxRecords(options.sandbox.engine, options.clock, options.record);
  }

  /** Takes up or removes what an earlier run left, now or as soon as the engine answers. */
  async cleanUp(): Promise<void> {
    const { sandbox, clock, diagnostics, retryMs } = this.#options;
    if (this.#stopping) return;
    try {
      await this.#takeUp();
      await sandbox.prepare();
    } catch (error) {
      const complaint = `no sandboxes, tried every ${retryMs / 1000} s: ${(error as Error).message}`;
      if (complaint !== this.#complaint) diagnostics.warn(complaint);
      this.#complaint = complaint;
      clock.after(retryMs, () => void this.cleanUp());
    }
  }

  /** Gives the incident its sandbox. Returns at once; what becomes of it is recorded. */
  open(incident: Incident): void {
    if (this.#stopping) return;
    const known = this.#places.get(incident.actorKey);
    if (known !== undefined) {
      if (known.incident !== incident) this.#comeBack(known, incident);
      return;
    }
    if (this.#places.size >= this.#options.maxRunning) {
      if (this.#refused.add(incident.id)) void this.#records.refused(incident, this.#places.size);
      return;
    }
    const nowNs = this.#options.clock.nowNs();
    // Time counts from the touch: an engine that comes back too late is not worth the wait.
    const untilNs = nowNs + BigInt(this.#options.timeToLiveMs) * 1_000_000n;
    const place = this.#keep(new SandboxPlace(incident, nowNs, untilNs));
    // Who comes back in the same incident is given the same name, and not what is just being removed.
    const leaving = this.#leaving.get(place.id);
    place.busy = leaving === undefined ? this.#start(place) : leaving.then(() => this.#start(place));
  }

  /**
   * The incident's sandbox as soon as it runs.
   * @throws SandboxUnavailable when there is none in time
   */
  async ready(incident: Incident): Promise<RunningSandbox> {
    this.open(incident);
    const place = this.#places.get(incident.actorKey);
    const running = place && (await within(this.#options.clock, doorMs, place.ready));
    if (running === undefined) throw new SandboxUnavailable(`incident ${incident.id} has no sandbox`);
    return running;
  }

  /** Something was seen of whom the sandbox is for. */
  used({ actorKey }: Incident): void {
    const place = this.#places.get(actorKey);
    if (place !== undefined) place.usedAtNs = this.#options.clock.nowNs();
  }

  /** Removes every sandbox of this run. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelWatch?.();
    await Promise.all([...this.#places.values()].map((place) => this.#close(place)));
    await Promise.all(this.#leaving.values());
    await this.#options.sandbox.close();
  }

  /** Once a run, and before the first sandbox of it: what is found then is an earlier run's. */
  #takeUp(): Promise<void> {
    this.#takenUp ??= this.#resumeAndRemove().catch((error: Error) => {
      this.#takenUp = undefined;
      throw error;
    });
    return this.#takenUp;
  }

  async #resumeAndRemove(): Promise<void> {
    const { sandbox, journal, clock } = this.#options;
    for (const kept of await journal.load())
      if (kept.untilNs > clock.nowNs() && !this.#places.has(kept.actorKey)) await this.#resume(kept);
    for (const container of await sandbox.removeOrphans()) await this.#records.orphanRemoved(container);
    await this.#note();
  }

  async #resume({ incidentId, actorKey, openedAtNs, untilNs }: KeptSandbox): Promise<void> {
    const { sandbox, clock } = this.#options;
    const running = await sandbox.resume(incidentId);
    if (running === undefined) return;
    const incident = new Incident(incidentId, actorKey, openedAtNs);
    const place = this.#keep(new SandboxPlace(incident, clock.nowNs(), untilNs));
    place.runs(running);
    this.#options.started?.(running, incident);
    await this.#records.resumed(incident, running);
  }

  #keep(place: SandboxPlace): SandboxPlace {
    this.#places.set(place.actorKey, place);
    this.#wait(place);
    this.#watch();
    return place;
  }

  #comeBack(place: SandboxPlace, incident: Incident): void {
    place.incident = incident;
    place.usedAtNs = this.#options.clock.nowNs();
    const { running } = place;
    if (running === undefined) return;
    this.#options.started?.(running, incident);
    void this.#records.returned(incident, running);
  }

  async #start(place: SandboxPlace): Promise<void> {
    const { sandbox, clock, retryMs, started } = this.#options;
    if (this.#stopping || place.isClosed) return;
    const fromNs = clock.nowNs();
    try {
      // One that cannot be removed is no reason to go without; cleanUp tries it again.
      await this.#takeUp().catch(() => {});
      const running = await sandbox.start({ incidentId: place.id });
      const { incident } = place;
      const sinceNs = place.hasRun ? fromNs : incident.openedAtNs;
      const tookMs = Number(clock.nowNs() - sinceNs) / 1e6;
      place.runs(running);
      started?.(running, incident);
      // Before the word that it runs: a daemon that is killed after it leaves word of it.
      await this.#note();
      await this.#records.started(incident, running, tookMs);
    } catch (error) {
      const reason = (error as Error).message;
      if (place.failure !== reason) await this.#records.failed(place.incident, reason);
      place.failure = reason;
      clock.after(retryMs, () => {
        place.busy = this.#start(place);
      });
    }
  }

  /** One timer at a time: it is over when it is old, or when nothing happened in it for long. */
  #wait(place: SandboxPlace): void {
    const { clock, idleMs } = this.#options;
    const idleNs = place.usedAtNs + BigInt(idleMs) * 1_000_000n;
    const dueNs = idleNs < place.untilNs ? idleNs : place.untilNs;
    const leftMs = Math.ceil(Number(dueNs - clock.nowNs()) / 1e6);
    if (leftMs <= 0) void this.#close(place);
    else place.cancel = clock.after(leftMs, () => this.#wait(place));
  }

  /** Docker may have been restarted: its containers are gone then, and nobody tells. */
  #watch(): void {
    if (this.#cancelWatch !== undefined || this.#stopping) return;
    this.#cancelWatch = this.#options.clock.after(this.#options.retryMs, () => {
      this.#cancelWatch = undefined;
      for (const place of this.#places.values())
        if (place.running !== undefined) place.busy = place.busy.then(() => this.#look(place));
      if (this.#places.size > 0) this.#watch();
    });
  }

  async #look(place: SandboxPlace): Promise<void> {
    const { sandbox } = this.#options;
    const { running, incident } = place;
    if (running === undefined || place.isClosed) return;
    const state = await sandbox.isRunning(place.id).catch((error: Error) => error);
    if (place.isClosed || this.#stopping) return;
    // An engine that does not answer says nothing of its containers.
    if (state instanceof Error) return this.#outOfReach(place, running, state.message);
    if (state) return this.#inReach(place, running);
    place.running = undefined;
    await this.#records.lost(incident, running);
    await this.#start(place);
  }

  async #outOfReach(place: SandboxPlace, running: RunningSandbox, reason: string): Promise<void> {
    if (place.failure === reason) return;
    place.failure = reason;
    await this.#records.outOfReach(place.incident, running, reason);
  }

  async #inReach(place: SandboxPlace, running: RunningSandbox): Promise<void> {
    if (place.failure === undefined) return;
    place.failure = undefined;
    await this.#records.inReach(place.incident, running);
  }

  async #close(place: SandboxPlace): Promise<void> {
    place.cancel();
    place.isClosed = true;
    if (this.#places.get(place.actorKey) === place) this.#places.delete(place.actorKey);
    if (this.#places.size === 0) this.#cancelWatch?.();
    if (this.#places.size === 0) this.#cancelWatch = undefined;
    this.#refused = new RecentSet(mostRefused);
    const removed = this.#remove(place);
    this.#leaving.set(place.id, removed);
    await removed;
    if (this.#leaving.get(place.id) === removed) this.#leaving.delete(place.id);
  }

  async #remove(place: SandboxPlace): Promise<void> {
    const { sandbox, diagnostics, leaving } = this.#options;
    await place.busy;
    const { running, incident } = place;
    if (running !== undefined) await leaving?.(running, incident);
    try {
      await sandbox.remove(place.id);
    } catch (error) {
      diagnostics.warn(`sandbox of ${place.id} could not be removed: ${(error as Error).message}`);
      this.#removeLater(place);
      return;
    }
    place.running = undefined;
    await this.#note();
    if (running !== undefined) await this.#records.stopped(incident, running);
  }

  #removeLater(place: SandboxPlace): void {
    if (this.#stopping) return;
    this.#options.clock.after(this.#options.retryMs, () => {
      // Whoever came back meanwhile has it now.
      const isTaken = [...this.#places.values()].some(({ id }) => id === place.id);
      if (!isTaken) void this.#close(place);
    });
  }

  #note(): Promise<void> {
    const running = [...this.#places.values()].filter((place) => place.running !== undefined);
    return this.#options.journal.save(
      running.map(({ id, actorKey, openedAtNs, untilNs }) => ({
        incidentId: id,
        actorKey,
        openedAtNs,
        untilNs,
      })),
    );
  }
}
