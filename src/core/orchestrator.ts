import type { ActorDetails } from './actor-details.js';
import type { AuditEvent } from './audit-event.js';
import { CoalescedTouches } from './coalesced-touches.js';
import { describeDetails } from './describe-details.js';
import { describeTouch } from './describe-touch.js';
import { type EvidenceFile, evidenceOfTouch, evidenceOfTrap } from './evidence-of.js';
import type { ExemptedTouches } from './exempted-touches.js';
import type { Incident } from './incident.js';
import { IncidentBook } from './incident-book.js';
import { incidentId } from './incident-id.js';
import type { Clock } from './ports/clock.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { EvidenceStore } from './ports/evidence-store.js';
import type { ProcessInspector } from './ports/process-inspector.js';
import type { TrapVault } from './ports/trap-vault.js';
import type { Recorder } from './record.js';
import { RecordBudget } from './record-budget.js';
import type { SandboxKeeper } from './sandbox-keeper.js';
import type { Touch } from './touch.js';
import type { TrailEvent } from './trail.js';
import type { Trap } from './trap.js';

export interface OrchestratorOptions {
  readonly record: Recorder;
  readonly processes: ProcessInspector;
  readonly evidence: EvidenceStore;
  readonly vault: TrapVault;
  /** Absent where the configuration wants no sandbox. */
  readonly sandboxes?: SandboxKeeper;
  /** Touches of known readers end here. */
  readonly exempted?: ExemptedTouches;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly incidentIdleMs: number;
  trap(id: string): Trap | undefined;
  /** Eight random hexadecimal digits. */
  randomSuffix(): string;
}

/** Looks at actors that go on at one time. */
const mostDescribing = 16;

/** What follows a touch: file it, name the actor, put it on record, and only then respond. */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #book: IncidentBook;
  readonly #budget: RecordBudget;
  readonly #coalesced: CoalescedTouches;
  readonly #pending = new Set<Promise<void>>();
  #describing = 0;

  constructor(options: OrchestratorOptions) {
    this.#options = options;
    this.#budget = new RecordBudget(options.clock);
    this.#coalesced = new CoalescedTouches(options.clock, options.record);
    this.#book = new IncidentBook({
      clock: options.clock,
      idleMs: options.incidentIdleMs,
      newId: (atNs) => incidentId(atNs, options.randomSuffix()),
      closed: (incident) => this.#track(this.#closed(incident)),
    });
  }

  /** Takes one touch from the sensor. Returns at once and never throws. */
  touched(touch: Touch): void {
    const trap = this.#options.trap(touch.trapId);
    if (trap === undefined) {
      this.#options.diagnostics.error(`a sensor reported the unknown trap ${touch.trapId}`);
      return;
    }
    const taken = this.#options.exempted?.take(touch, trap) ?? false;
    if (taken instanceof Promise)
      this.#track(taken.then((isExempted) => (isExempted ? undefined : this.#file(touch, trap))));
    else if (!taken) this.#file(touch, trap);
  }

  #file(touch: Touch, trap: Trap): void {
    const { incident, opened, first } = this.#book.file(touch);
    if (!first) return;
    if (opened || this.#budget.take(touch)) this.#track(this.#respond(touch, trap, incident, opened));
    else this.#coalesced.add(touch, trap, incident);
  }

  /** Takes one event of a followed process from the sensor. Returns at once and never throws. */
  followed(_event: TrailEvent): void {}

  /** Events of followed processes that the sensor left out. */
  trailOmitted(_count: number): void {}

  /** Closes what is open and waits until everything is on record. */
  async stop(): Promise<void> {
    await this.#settled();
    await this.#coalesced.flush();
    await this.#options.exempted?.flush();
    this.#book.closeAll();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #respond(sensed: Touch, trap: Trap, incident: Incident, opened: boolean): Promise<void> {
    const { processes, clock, sandboxes, vault } = this.#options;
    const touch: Touch = { ...sensed, actor: await processes.glance(sensed.actor) };
    const message = describeTouch(touch, trap);
    const touched: AuditEvent = {
      action: 'trap-touched',
      atNs: touch.atNs,
      message,
      outcome: 'success',
      incident: incident.facts(),
      trap,
      touch,
    };
    const events: AuditEvent[] = opened
      ? [
          {
            ...touched,
            action: 'incident-opened',
            atNs: clock.nowNs(),
            message: `incident ${incident.id}: ${message}`,
          },
          touched,
        ]
      : [touched];
    const recorded = this.#options.record(...events);
    // Beside the write and not after it: the process may be gone in a moment.
    const describing = this.#describe(touch, incident, recorded);
    await recorded;
    await this.#keepEvidence(trap, incident, () => evidenceOfTrap(trap, vault));
    if (opened) sandboxes?.open(incident);
    const details = await describing;
    if (details !== undefined) await this.#options.record(this.#described(details, incident));
    await this.#keepEvidence(trap, incident, async () => evidenceOfTouch(touch, trap, details));
  }

  /** In a flood the records come first: not more are looked at than the thread pool can take. */
  async #describe(
    { actor }: Touch,
    incident: Incident,
    recorded: Promise<unknown>,
  ): Promise<ActorDetails | undefined> {
    if (this.#describing >= mostDescribing || !incident.describes(actor.process)) return undefined;
    this.#describing += 1;
    try {
      return await this.#options.processes.describe(actor, recorded);
    } finally {
      this.#describing -= 1;
    }
  }

  #described(details: ActorDetails, incident: Incident): AuditEvent {
    return {
      action: 'actor-described',
      atNs: this.#options.clock.nowNs(),
      message: describeDetails(details),
      incident: incident.facts(),
      details,
    };
  }

  async #keepEvidence(
    trap: Trap,
    incident: Incident,
    file: () => Promise<EvidenceFile | undefined>,
  ): Promise<void> {
    const { evidence, clock } = this.#options;
    try {
      const found = await file();
      if (found !== undefined) await evidence.save(incident.id, found.name, found.content);
    } catch (error) {
      const reason = (error as Error).message;
      await this.#options.record({
        action: 'evidence-failed',
        atNs: clock.nowNs(),
        message: `evidence of incident ${incident.id} could not be kept: ${reason}`,
        outcome: 'failure',
        reason,
        incident: incident.facts(),
        trap,
      });
    }
  }

  async #closed(incident: Incident): Promise<void> {
    const atNs = this.#options.clock.nowNs();
    const facts = incident.facts(atNs);
    const message = `incident ${incident.id} closed after ${facts.touches} touches of ${facts.traps} traps`;
    await this.#options.record({ action: 'incident-closed', atNs, message, incident: facts });
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.#options.diagnostics.error(`a response failed: ${error.message}`))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}
