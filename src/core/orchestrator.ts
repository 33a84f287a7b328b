import type { ActorDetails } from './actor-details.js';
import type { AuditEvent } from './audit-event.js';
import { CoalescedTouches } from './coalesced-touches.js';
import { describeDetails } from './describe-details.js';
import { describeTouch } from './describe-touch.js';
import { type EvidenceFile, evidenceOfTouch, evidenceOfTrap } from './evidence-of.js';
import type { ExemptedTouches } from './exempted-touches.js';
import type { Handling, HoldDesk } from './hold-desk.js';
import type { Incident } from './incident.js';
import { IncidentBook } from './incident-book.js';
import { incidentId } from './incident-id.js';
import { ancestorsOfSession } from './own-session.js';
import type { Clock } from './ports/clock.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { EvidenceSource, Seized } from './ports/evidence-source.js';
import type { EvidenceStore } from './ports/evidence-store.js';
import type { ProcessInspector } from './ports/process-inspector.js';
import type { TechniqueRules } from './ports/technique-rules.js';
import type { TrapVault } from './ports/trap-vault.js';
import type { Recorder } from './record.js';
import { RecordBudget } from './record-budget.js';
import type { SandboxKeeper } from './sandbox-keeper.js';
import type { Touch } from './touch.js';
import type { TrailEvent } from './trail.js';
import { TrailBook } from './trail-book.js';
import type { Trap } from './trap.js';
import { within } from './within.js';

export interface OrchestratorOptions {
  readonly record: Recorder;
  readonly processes: ProcessInspector;
  readonly evidence: EvidenceStore;
  /** Takes evidence of processes; absent where only the touch itself is kept. */
  readonly seizure?: EvidenceSource;
  /** What is done to processes; absent where they are only observed. */
  readonly desk?: HoldDesk;
  readonly techniques?: TechniqueRules;
  /** Has one more process followed, by its pid; absent where the session of an actor is left alone. */
  readonly followAlso?: (pid: number) => void;
  readonly vault: TrapVault;
  /** Absent where the configuration wants no sandbox. */
  readonly sandboxes?: SandboxKeeper;
  /** Touches of known readers end here. */
  readonly exempted?: ExemptedTouches;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly incidentIdleMs: number;
  /** Longest time in ms that an incident stays open. */
  readonly incidentLimitMs: number;
  trap(id: string): Trap | undefined;
  /** Told where an actor of an incident logged in from, as its connection says. */
  readonly cameFrom?: (source: string, incident: Incident) => void;
  /** Told the ids of the traps of an incident when it is closed and on record. */
  readonly closed?: (trapIds: readonly string[]) => void;
  /** Eight random hexadecimal digits. */
  randomSuffix(): string;
}

/** Looks at actors that go on at one time. */
const mostDescribing = 16;

/**
 * Once the touch is on record and the evidence is seized, a process that stands still waits so long for
 * the rest of its description, in ms: programs of ancestors and the like, which can be asked for while it runs.
 */
const describeGraceMs = 20;

/** What follows a touch: file it, name the actor, put it on record, and only then respond. */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #book: IncidentBook;
  readonly #budget: RecordBudget;
  readonly #coalesced: CoalescedTouches;
  readonly #trail: TrailBook;
  readonly #pending = new Set<Promise<void>>();
  #describing = 0;
  #newestRecord: Promise<void> = Promise.resolve();

  constructor(options: OrchestratorOptions) {
    this.#options = options;
    this.#budget = new RecordBudget(options.clock);
    this.#coalesced = new CoalescedTouches(options.clock, options.record);
    this.#book = new IncidentBook({
      clock: options.clock,
      idleMs: options.incidentIdleMs,
      limitMs: options.incidentLimitMs,
      newId: (atNs) => incidentId(atNs, options.randomSuffix()),
      closed: (incident) => this.#track(this.#closed(incident)),
    });
    this.#trail = new TrailBook({
      clock: options.clock,
      record: options.record,
      seen: (incident) => this.#book.refresh(incident),
      keep: (incident, name, content) => this.#keepEvidence(incident, async () => ({ name, content })),
      ...(options.techniques && { techniques: options.techniques }),
    });
  }

  /** Takes one touch from the sensor. Returns at once and never throws. */
  touched(touch: Touch): void {
    const { desk, diagnostics } = this.#options;
    const trap = this.#options.trap(touch.trapId);
    if (trap === undefined) {
      diagnostics.error(`a sensor reported the unknown trap ${touch.trapId}`);
      desk?.dismiss(touch);
      return;
    }
    const taken = this.#options.exempted?.take(touch, trap) ?? false;
    if (taken instanceof Promise)
      this.#track(taken.then((isExempted) => (isExempted ? undefined : this.#file(touch, trap))));
    else if (!taken) this.#file(touch, trap);
  }

  #file(touch: Touch, trap: Trap): void {
    const { desk, evidence } = this.#options;
    // Before anything else: somebody may stand still, or is still to be stopped.
    const handling = desk?.touched(touch);
    const { incident, opened, novelty } = this.#book.file(touch);
    if (opened) evidence.opened(incident.id);
    this.#follow(touch, incident);
    const isNew = novelty !== undefined;
    // Behind a flood on one trap no other is hidden.
    const hasRecord = isNew && (opened || novelty === 'trap' || this.#budget.take(touch));
    if (handling !== undefined) this.#track(handling.filed(incident, trap, !hasRecord));
    if (hasRecord) {
      this.#track(this.#respond(touch, trap, incident, opened, handling));
      return;
    }
    if (isNew) this.#coalesced.add(touch, trap, incident);
    if (handling !== undefined) this.#track(handling.looked());
  }

  /** The kernel follows who touched by itself; and here whoever of its session stands above it. */
  #follow({ actor, op }: Touch, incident: Incident): void {
    this.#trail.follow(actor.process?.pid, incident);
    const { followAlso } = this.#options;
    if (followAlso === undefined || op === 'list' || op === 'denied') return;
    for (const { pid } of ancestorsOfSession(actor)) if (this.#trail.follow(pid, incident)) followAlso(pid);
  }

  /** Takes one event of a followed process from the sensor. Returns at once and never throws. */
  followed(event: TrailEvent): void {
    this.#trail.followed(event);
  }

  /** Files a login to the decoy: with the toucher of its trap, or as an incident of its own. */
  fileLogin(login: { readonly trapId: string; readonly ip: string; readonly atNs: bigint }) {
    const filed = this.#book.fileLogin(login);
    if (filed.opened) this.#options.evidence.opened(filed.incident.id);
    return filed;
  }

  /** What processes of this cgroup do belongs to the incident from now on. */
  followGroup(cgroupId: bigint, incident: Incident): void {
    this.#trail.followGroup(cgroupId, incident);
  }

  /** Something else was seen of the incident's actor: it is not idle. */
  seen(incident: Incident): void {
    this.#book.refresh(incident);
  }

  /** Events of followed processes that the sensor left out. */
  trailOmitted(count: number): void {
    this.#trail.omitted(count);
  }

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

  async #respond(
    sensed: Touch,
    trap: Trap,
    incident: Incident,
    opened: boolean,
    handling?: Handling,
  ): Promise<void> {
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
    this.#newestRecord = recorded;
    // Beside the write and not after it: the process may be gone in a moment.
    // In a flood the records come first: not more are looked at than the thread pool can take.
    const isNew = this.#describing < mostDescribing && incident.describes(touch.actor.process);
    const describing = isNew ? this.#describe(touch, recorded) : undefined;
    const seizing = isNew && incident.seizes() ? this.#options.seizure?.seize(touch.actor) : undefined;
    await recorded;
    if (opened) sandboxes?.open(incident);
    const seized = await seizing;
    if (handling?.isHeld === true) {
      const inTime = describing && (await within(this.#options.clock, describeGraceMs, describing));
      await handling.looked(capturedNames(inTime, seized));
    }
    await this.#keepEvidence(incident, () => evidenceOfTrap(trap, vault), trap);
    if (seized !== undefined) await this.#keepSeized(incident, seized);
    const details = await describing;
    if (details !== undefined) await this.#options.record(this.#described(details, incident));
    if (details?.login !== undefined) this.#options.cameFrom?.(details.login.ip, incident);
    await this.#keepEvidence(incident, async () => evidenceOfTouch(touch, trap, details), trap);
  }

  async #keepSeized(incident: Incident, seized: Seized): Promise<void> {
    try {
      for (const file of seized.files) await this.#keepEvidence(incident, async () => file);
      for await (const file of seized.rest()) await this.#keepEvidence(incident, async () => file);
    } finally {
      seized.close();
    }
  }

  async #describe({ actor }: Touch, recorded: Promise<unknown>): Promise<ActorDetails> {
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
    incident: Incident,
    file: () => Promise<EvidenceFile | undefined>,
    trap?: Trap,
  ): Promise<void> {
    const { evidence, clock } = this.#options;
    // Each file has a sync of its own, and on one disk they wait for each other: records go first.
    await this.#newestRecord;
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
        ...(trap && { trap }),
      });
    }
  }

  async #closed(incident: Incident): Promise<void> {
    const { clock, evidence, record } = this.#options;
    await this.#trail.closed(incident);
    const atNs = clock.nowNs();
    const facts = incident.facts(atNs);
    const { techniques } = incident;
    const logins = facts.logins === undefined ? '' : ` and ${facts.logins} logins`;
    const message = `incident ${incident.id} closed after ${facts.touches} touches${logins} of ${facts.traps} traps`;
    await record({
      action: 'incident-closed',
      atNs,
      message,
      incident: facts,
      ...(techniques.length > 0 && { techniques }),
    });
    evidence.closed(incident.id);
    this.#options.closed?.(incident.trapIds);
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.#options.diagnostics.error(`a response failed: ${error.message}`))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}

/** What was read of a process while it stood still. */
function capturedNames(details: ActorDetails | undefined, seized: Seized | undefined): string[] {
  return [...(details === undefined ? [] : ['details']), ...(seized?.files.map(({ name }) => name) ?? [])];
}
