import type { AuditAction } from './audit-catalogue.js';
import type { AuditEvent } from './audit-event.js';
import { describeTrail } from './describe-trail.js';
import { EarnedBudget } from './earned-budget.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { TechniqueRules } from './ports/technique-rules.js';
import type { Recorder } from './record.js';
import type { TechniqueMatch } from './technique.js';
import type { TrailEvent, TrailKind } from './trail.js';
import { TrailFile } from './trail-file.js';

export interface TrailBookOptions {
  readonly clock: Clock;
  readonly record: Recorder;
  /** Absent where nobody says which techniques an event shows. */
  readonly techniques?: TechniqueRules;
  /** Something was seen of the incident's actor. */
  seen(incident: Incident): void;
  /** Keeps a file of an incident; never rejects. */
  keep(incident: Incident, name: string, content: Uint8Array): Promise<void>;
}

const actions: Readonly<Record<TrailKind, AuditAction>> = {
  exec: 'trail-exec',
  connect: 'trail-connect',
  bind: 'trail-bind',
  'open-write': 'trail-open-write',
  unlink: 'trail-unlink',
  rename: 'trail-rename',
  chmod: 'trail-chmod',
  privilege: 'trail-privilege',
  exit: 'trail-exit',
};

const rate = { burst: 1000, perSecond: 10 };
/** Records of a moment go to disk together; in ms. */
const gatherMs = 50;
/** A trail that has not filled a file is kept after this, in ms. */
const keepAfterMs = 10_000;
/** What has no record is told in sum after this, in ms: an incident may be open for an hour. */
const tellOmittedMs = 60_000;
/** Events that came before the touch which explains them: how many wait for it, and how long, in ms. */
const mostWaiting = 256;
const waitMs = 2000;

interface Waiting {
  readonly event: TrailEvent;
  readonly sinceNs: bigint;
}

interface Trail {
  readonly incident: Incident;
  readonly budget: EarnedBudget;
  readonly file: TrailFile;
  readonly roots: Set<number>;
  readonly groups: Set<bigint>;
  /** Without a record of their own, and not told yet. */
  omitted: number;
  cancelTell: (() => void) | undefined;
  /** The file that is written now is done after this. */
  keeping: Promise<void>;
  cancelKeep: (() => void) | undefined;
}

/** What processes did after they touched a trap: on record, in the evidence, by its ATT&CK name. */
export class TrailBook {
  readonly #options: TrailBookOptions;
  readonly #byRoot = new Map<number, Trail>();
  readonly #byGroup = new Map<bigint, Trail>();
  readonly #byIncident = new Map<Incident, Trail>();
  #waiting: Waiting[] = [];
  #cancelWait: (() => void) | undefined;
  #gathered: AuditEvent[] = [];
  #cancelGather: (() => void) | undefined;
  #recorded: Promise<void> = Promise.resolve();

  constructor(options: TrailBookOptions) {
    this.#options = options;
  }

  /** What this process does from now on belongs to the incident. False when it did before. */
  follow(pid: number | undefined, incident: Incident): boolean {
    const trail = this.#trailOf(incident);
    if (pid === undefined || this.#byRoot.get(pid) === trail) return false;
    this.#byRoot.get(pid)?.roots.delete(pid);
    this.#byRoot.set(pid, trail);
    trail.roots.add(pid);
    this.#fileWaiting();
    return true;
  }

  /** What is done in this cgroup from now on belongs to the incident, until that is closed. False when it did before. */
  followGroup(cgroupId: bigint, incident: Incident): boolean {
    const trail = this.#trailOf(incident);
    if (this.#byGroup.get(cgroupId) === trail) return false;
    this.#byGroup.get(cgroupId)?.groups.delete(cgroupId);
    this.#byGroup.set(cgroupId, trail);
    trail.groups.add(cgroupId);
    this.#fileWaiting();
    return true;
  }

  /** One event of a followed process; never throws. */
  followed(event: TrailEvent): void {
    const trail = this.#ownerOf(event);
    if (trail === undefined) this.#wait(event);
    else this.#file(event, trail);
  }

  /** The sensor left out so many; whose they were it does not know. */
  omitted(count: number): void {
    for (const trail of this.#byIncident.values()) this.#omit(trail, count);
  }

  /** Tells what is left of an incident's trail, and forgets it. */
  async closed(incident: Incident): Promise<void> {
    const trail = this.#byIncident.get(incident);
    if (trail === undefined) return;
    this.#byIncident.delete(incident);
    for (const pid of trail.roots) this.#byRoot.delete(pid);
    for (const cgroupId of trail.groups) this.#byGroup.delete(cgroupId);
    this.#tellOmitted(trail);
    this.#keep(trail);
    if (this.#byIncident.size === 0) this.#forgetWaiting();
    await Promise.all([this.#flush(), trail.keeping]);
  }

  /** A sandbox is the place of one incident, whatever its guest touches in it. */
  #ownerOf({ cgroupId, rootPid, process }: TrailEvent): Trail | undefined {
    const byGroup = cgroupId === undefined ? undefined : this.#byGroup.get(cgroupId);
    const byRoot = rootPid === undefined ? undefined : this.#byRoot.get(rootPid);
    // Who was followed for somebody of an incident that is closed may have touched again.
    return byGroup ?? byRoot ?? this.#byRoot.get(process.pid);
  }

  #fileWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { event } of waiting) this.followed(event);
  }

  #trailOf(incident: Incident): Trail {
    const known = this.#byIncident.get(incident);
    if (known !== undefined) return known;
    const trail: Trail = {
      incident,
      budget: new EarnedBudget(this.#options.clock, rate),
      file: new TrailFile(),
      roots: new Set(),
      groups: new Set(),
      omitted: 0,
      cancelTell: undefined,
      keeping: Promise.resolve(),
      cancelKeep: undefined,
    };
    this.#byIncident.set(incident, trail);
    return trail;
  }

  #file(event: TrailEvent, trail: Trail): void {
    const { clock, techniques, seen } = this.#options;
    const { incident } = trail;
    const matches = techniques?.match(event) ?? [];
    const isNews = matches.some(
      ({ technique }) => !incident.techniques.some((known) => known.technique.id === technique.id),
    );
    incident.addTrail(matches);
    seen(incident);
    if (trail.file.add(event, matches)) this.#keep(trail);
    else trail.cancelKeep ??= clock.after(keepAfterMs, () => this.#keep(trail));
    // What shows a technique for the first time is on record whatever the budget says.
    if (trail.budget.take() || isNews) this.#gather(this.#record(event, matches, incident));
    else this.#omit(trail, 1);
  }

  #omit(trail: Trail, count: number): void {
    trail.omitted += count;
    trail.incident.omitTrail(count);
    trail.cancelTell ??= this.#options.clock.after(tellOmittedMs, () => this.#tellOmitted(trail));
  }

  #tellOmitted(trail: Trail): void {
    trail.cancelTell?.();
    trail.cancelTell = undefined;
    if (trail.omitted > 0) this.#gather(this.#omission(trail));
    trail.omitted = 0;
  }

  #record(event: TrailEvent, matches: readonly TechniqueMatch[], incident: Incident): AuditEvent {
    const { process, parent } = event;
    return {
      action: actions[event.kind],
      atNs: event.atNs,
      message: describeTrail(event, matches),
      incident: incident.facts(),
      subject: { process, ...(parent && { parent }) },
      trail: event,
      ...(matches.length > 0 && { techniques: matches }),
    };
  }

  #omission({ incident, omitted }: Trail): AuditEvent {
    return {
      action: 'trail-omitted',
      atNs: this.#options.clock.nowNs(),
      message: `${omitted} more events of followed processes of incident ${incident.id} have no record`,
      incident: incident.facts(),
    };
  }

  #gather(event: AuditEvent): void {
    this.#gathered.push(event);
    this.#cancelGather ??= this.#options.clock.after(gatherMs, () => void this.#flush());
  }

  #flush(): Promise<void> {
    this.#cancelGather?.();
    this.#cancelGather = undefined;
    const events = this.#gathered;
    this.#gathered = [];
    if (events.length > 0) this.#recorded = this.#recorded.then(() => this.#options.record(...events));
    return this.#recorded;
  }

  #keep(trail: Trail): void {
    trail.cancelKeep?.();
    trail.cancelKeep = undefined;
    const file = trail.file.take();
    if (file === undefined) return;
    const { incident } = trail;
    trail.keeping = trail.keeping.then(() => this.#options.keep(incident, file.name, file.content));
  }

  /** The touch that explains it may still be on its way. */
  #wait(event: TrailEvent): void {
    if (this.#waiting.length >= mostWaiting) this.#forget(1);
    this.#waiting.push({ event, sinceNs: this.#options.clock.nowNs() });
    this.#cancelWait ??= this.#options.clock.after(waitMs, () => this.#forgetOld());
  }

  #forgetOld(): void {
    this.#cancelWait = undefined;
    const untilNs = this.#options.clock.nowNs() - BigInt(waitMs) * 1_000_000n;
    const firstYoung = this.#waiting.findIndex(({ sinceNs }) => sinceNs > untilNs);
    this.#forget(firstYoung === -1 ? this.#waiting.length : firstYoung);
    if (this.#waiting.length > 0)
      this.#cancelWait = this.#options.clock.after(waitMs, () => this.#forgetOld());
  }

  /** Whose they were nobody knows: of every incident that is open they may be missing. */
  #forget(count: number): void {
    this.#waiting.splice(0, count);
    if (count > 0) this.omitted(count);
  }

  #forgetWaiting(): void {
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    this.#waiting = [];
  }
}
