import type { AuditEvent } from './audit-event.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { EvidenceStore } from './ports/evidence-store.js';
import type { RunningSandbox, Sandbox } from './ports/sandbox.js';
import type { Recorder } from './record.js';

export interface SandboxKeeperOptions {
  readonly sandbox: Sandbox;
  readonly evidence: EvidenceStore;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly timeToLiveMs: number;
  readonly maxRunning: number;
  readonly retryMs: number;
  readonly record: Recorder;
}

interface Place {
  readonly incident: Incident;
  failure?: string;
  cancel: () => void;
  running?: RunningSandbox;
  /** The engine call under way. */
  busy: Promise<void>;
}

/** Gives each incident its sandbox for its time to live, and tries again while the engine is away. */
export class SandboxKeeper {
  readonly #options: SandboxKeeperOptions;
  readonly #places = new Map<string, Place>();
  #stopping = false;
  /** What the operator was last told of the engine. */
  #complaint: string | undefined;
  #orphansRemoved: Promise<void> | undefined;

  constructor(options: SandboxKeeperOptions) {
    this.#options = options;
  }

  /** Removes what an earlier run left, now or as soon as the engine answers. */
  async cleanUp(): Promise<void> {
    const { sandbox, clock, diagnostics, retryMs } = this.#options;
    if (this.#stopping) return;
    try {
      await this.#removeOrphans();
      await sandbox.prepare();
    } catch (error) {
      const complaint = `no sandboxes, tried every ${retryMs / 1000} s: ${(error as Error).message}`;
      if (complaint !== this.#complaint) diagnostics.warn(complaint);
      this.#complaint = complaint;
      clock.after(retryMs, () => void this.cleanUp());
    }
  }

  /** Starts the incident's sandbox. Returns at once; what becomes of it is recorded. */
  open(incident: Incident): void {
    if (this.#stopping || this.#places.has(incident.id)) return;
    if (this.#places.size >= this.#options.maxRunning) {
      const message = `no sandbox for incident ${incident.id}: ${this.#places.size} are in use`;
      void this.#record('sandbox-refused', message, { incident, reason: 'sandbox.max_running reached' });
      return;
    }
    const place: Place = { incident, cancel: () => {}, busy: Promise.resolve() };
    this.#places.set(incident.id, place);
    // Time counts from the touch: an engine that comes back too late is not worth the wait.
    place.cancel = this.#options.clock.after(this.#options.timeToLiveMs, () => void this.#close(place));
    place.busy = this.#start(place);
  }

  /** Removes every sandbox of this run. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#places.values()].map((place) => this.#close(place)));
  }

  /** Once a run, and before the first sandbox of it: what is found then is an earlier run's. */
  #removeOrphans(): Promise<void> {
    this.#orphansRemoved ??= this.#options.sandbox.removeOrphans().then(
      async (containers) => {
        for (const container of containers)
          await this.#record('sandbox-orphan-removed', `removed ${container}, left by an earlier run`, {
            container,
          });
      },
      (error: Error) => {
        this.#orphansRemoved = undefined;
        throw error;
      },
    );
    return this.#orphansRemoved;
  }

  async #start(place: Place): Promise<void> {
    const { sandbox, evidence, clock, retryMs } = this.#options;
    const { incident } = place;
    if (this.#stopping || !this.#places.has(incident.id)) return;
    try {
      // One that cannot be removed is no reason to go without; cleanUp tries it again.
      await this.#removeOrphans().catch(() => {});
      const running = await sandbox.start({
        incidentId: incident.id,
        evidenceFolder: evidence.folder(incident.id),
      });
      place.running = running;
      const tookMs = Number(clock.nowNs() - incident.openedAtNs) / 1e6;
      await this.#record('sandbox-started', `sandbox ${running.name} runs`, {
        incident,
        container: running.name,
        containerId: running.id,
        image: running.image,
        tookMs,
      });
    } catch (error) {
      const reason = (error as Error).message;
      if (place.failure !== reason)
        await this.#record('sandbox-failed', `no sandbox for incident ${incident.id}: ${reason}`, {
          incident,
          reason,
        });
      place.failure = reason;
      clock.after(retryMs, () => {
        place.busy = this.#start(place);
      });
    }
  }

  async #close(place: Place): Promise<void> {
    const { sandbox, diagnostics, clock, retryMs } = this.#options;
    place.cancel();
    this.#places.delete(place.incident.id);
    await place.busy;
    try {
      await sandbox.remove(place.incident.id);
    } catch (error) {
      diagnostics.warn(`sandbox of ${place.incident.id} could not be removed: ${(error as Error).message}`);
      if (!this.#stopping) clock.after(retryMs, () => void this.#close(place));
      return;
    }
    const { running, incident } = place;
    if (running !== undefined)
      await this.#record('sandbox-stopped', `sandbox ${running.name} was removed`, {
        incident,
        container: running.name,
        containerId: running.id,
      });
  }

  async #record(action: AuditEvent['action'], message: string, facts: RecordFacts): Promise<void> {
    const { incident, reason, ...response } = facts;
    await this.#options.record({
      action,
      atNs: this.#options.clock.nowNs(),
      message,
      outcome: action === 'sandbox-failed' || action === 'sandbox-refused' ? 'failure' : 'success',
      response: { engine: this.#options.sandbox.engine, ...response },
      ...(incident !== undefined && { incident: incident.facts() }),
      ...(reason !== undefined && { reason }),
    });
  }
}

interface RecordFacts {
  readonly incident?: Incident;
  readonly reason?: string;
  readonly container?: string;
  readonly containerId?: string;
  readonly image?: string;
  readonly tookMs?: number;
}
