import type { AuditEvent } from './audit-event.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { RunningSandbox } from './ports/sandbox.js';
import type { Recorder } from './record.js';

interface Facts {
  readonly incident?: Incident;
  readonly reason?: string;
  readonly container?: string;
  readonly containerId?: string;
  readonly image?: string;
  readonly tookMs?: number;
  readonly warm?: boolean;
}

/** What becomes of sandboxes, put on record. */
export class SandboxRecords {
  readonly #engine: string;
  readonly #clock: Clock;
  readonly #record: Recorder;

  constructor(engine: string, clock: Clock, record: Recorder) {
    this.#engine = engine;
    this.#clock = clock;
    this.#record = record;
  }

  /** `tookMs`: from the touch, or from the loss of the one before. */
  started(incident: Incident, running: RunningSandbox, tookMs: number): Promise<void> {
    const facts = { incident, ...containerOf(running), tookMs };
    return this.#tell('sandbox-started', `sandbox ${running.name} runs`, facts);
  }

  returned(incident: Incident, running: RunningSandbox): Promise<void> {
    const message = `incident ${incident.id} goes on in sandbox ${running.name}`;
    return this.#tell('sandbox-returned', message, { incident, ...containerOf(running) });
  }

  resumed(incident: Incident, running: RunningSandbox): Promise<void> {
    const message = `sandbox ${running.name} of an earlier run goes on`;
    return this.#tell('sandbox-resumed', message, { incident, ...containerOf(running) });
  }

  inReach(incident: Incident, running: RunningSandbox): Promise<void> {
    const message = `sandbox ${running.name} is in reach again`;
    return this.#tell('sandbox-resumed', message, { incident, ...containerOf(running) });
  }

  outOfReach(incident: Incident, { name }: RunningSandbox, reason: string): Promise<void> {
    const message = `sandbox ${name} is out of reach: ${reason}`;
    return this.#tell('sandbox-failed', message, { incident, reason, container: name });
  }

  failed(incident: Incident, reason: string): Promise<void> {
    return this.#tell('sandbox-failed', `no sandbox for incident ${incident.id}: ${reason}`, {
      incident,
      reason,
    });
  }

  refused(incident: Incident, inUse: number): Promise<void> {
    const message = `no sandbox for incident ${incident.id}: ${inUse} are in use`;
    return this.#tell('sandbox-refused', message, { incident, reason: 'sandbox.max_running reached' });
  }

  lost(incident: Incident, running: RunningSandbox): Promise<void> {
    const message = `sandbox ${running.name} does not run any more`;
    return this.#tell('sandbox-lost', message, { incident, ...containerOf(running) });
  }

  stopped(incident: Incident, running: RunningSandbox): Promise<void> {
    const message = `sandbox ${running.name} was removed`;
    return this.#tell('sandbox-stopped', message, { incident, ...containerOf(running) });
  }

  orphanRemoved(container: string): Promise<void> {
    const message = `removed ${container}, left by an earlier run`;
    return this.#tell('sandbox-orphan-removed', message, { container });
  }

  #tell(action: AuditEvent['action'], message: string, facts: Facts): Promise<void> {
    const { incident, reason, ...response } = facts;
    return this.#record({
      action,
      atNs: this.#clock.nowNs(),
      message,
      outcome: action === 'sandbox-failed' || action === 'sandbox-refused' ? 'failure' : 'success',
      response: { engine: this.#engine, ...response },
      ...(incident !== undefined && { incident: incident.facts() }),
      ...(reason !== undefined && { reason }),
    });
  }
}

function containerOf({ name, id, image, warm }: RunningSandbox) {
  return { container: name, containerId: id, image, ...(warm === true && { warm }) };
}
