import type { AuditEvent } from '../audit-event.js';
import { EarnedBudget } from '../earned-budget.js';
import type { Incident } from '../incident.js';
import type { DecoyPlace, VisitListener } from '../ports/decoy.js';
import { SandboxUnavailable } from '../ports/sandbox.js';
import type { TechniqueRules } from '../ports/technique-rules.js';
import { RecentSet } from '../recent-set.js';
import type { SandboxKeeper } from '../sandbox-keeper.js';
import type { Trap } from '../trap.js';
import type { DecoyService } from './decoy-service.js';
import { describeVisitor, visitFacts } from './describe-visit.js';
import type { GuestChannel, GuestListener, GuestRequest } from './guest.js';
import { GuestDesk, type GuestDeskOptions } from './guest-desk.js';
import { OmittedVisits } from './omitted-visits.js';
import { shellEvent } from './shell-event.js';
import type { RefusedLogin, Visit, VisitAct, VisitSum } from './visit.js';
import { VisitBudget } from './visit-budget.js';

/** What a login that stands in a trap tells. */
export interface LoginFacts {
  readonly trap: Trap;
  readonly user: string;
  /** The company of the story. */
  readonly persona: string;
}

/** Where logins become incidents. */
export interface LoginBook {
  fileLogin(login: { readonly trapId: string; readonly ip: string; readonly atNs: bigint }): {
    readonly incident: Incident;
    readonly opened: boolean;
  };
  /** Something was seen of the incident's actor. */
  seen(incident: Incident): void;
}

export interface DecoyDeskOptions extends Omit<GuestDeskOptions, 'seen'> {
  readonly book: LoginBook;
  readonly sandboxes?: SandboxKeeper;
  readonly techniques?: TechniqueRules;
  login(id: string): LoginFacts | undefined;
  /** Told where an actor of an incident came from. */
  readonly cameFrom?: (source: string, incident: Incident) => void;
}

interface OpenVisit {
  readonly visit: Visit;
  readonly acts: EarnedBudget;
  login?: { readonly facts: LoginFacts; readonly incident: Incident };
  /** Its login has a record of its own, and so has its end. */
  isTold?: boolean;
  /** The record of the login; what follows waits for it. */
  filed: Promise<void>;
}

const actRate = { burst: 500, perSecond: 5 };
/** Of all visits of one incident: whoever has a login may come time and again. */
const incidentRate = { burst: 3000, perSecond: 10 };

/** What follows a visit to the decoy: put it on record, give it an incident, let the guest into the sandbox. */
export class DecoyDesk implements VisitListener {
  readonly #options: DecoyDeskOptions;
  readonly #visits = new Map<number, OpenVisit>();
  readonly #budget: VisitBudget;
  readonly #omitted: OmittedVisits;
  readonly #guests: GuestDesk;
  readonly #ofIncident = new WeakMap<Incident, EarnedBudget>();
  readonly #shown = new RecentSet(1000);

  constructor(options: DecoyDeskOptions) {
    this.#options = options;
    this.#budget = new VisitBudget(options.clock);
    this.#omitted = new OmittedVisits(options.clock, options.record);
    this.#guests = new GuestDesk({ ...options, seen: (incident) => this.#seen(incident) });
  }

  /** Puts on record where the decoy answers. */
  async listening(places: readonly DecoyPlace[]): Promise<void> {
    const atNs = this.#options.clock.nowNs();
    const events = places.map(({ service, ip, port, failure }): AuditEvent => {
      const decoy = { service, local: { ip, port } };
      return failure === undefined
        ? { action: 'decoy-listening', atNs, message: `${service} answers at ${ip}:${port}`, decoy }
        : {
            action: 'decoy-failed',
            atNs,
            message: `${service} does not answer at ${ip}:${port}: ${failure}`,
            outcome: 'failure',
            reason: failure,
            decoy,
          };
    });
    await this.#options.record(...events);
  }

  placed(places: readonly DecoyPlace[]): void {
    void this.listening(places);
  }

  connected(visit: Visit): void {
    const acts = new EarnedBudget(this.#options.clock, actRate);
    this.#visits.set(visit.id, { visit, acts, filed: Promise.resolve() });
    const message = `${describeVisitor(visit)} connected`;
    this.#tell({ action: 'decoy-connected', atNs: visit.atNs, message, decoy: visitFacts(visit) }, visit);
  }

  refused(visit: Visit, { user, method }: RefusedLogin): void {
    const event: AuditEvent = {
      action: 'decoy-login-refused',
      atNs: this.#options.clock.nowNs(),
      message: `${describeVisitor(visit)} may not log in as ${user} (${method})`,
      outcome: 'failure',
      decoy: { ...visitFacts(visit), user, method },
    };
    this.#tell(event, visit);
  }

  admitted(visit: Visit, loginId: string): void {
    const open = this.#visits.get(visit.id);
    const facts = this.#options.login(loginId);
    if (open === undefined || facts === undefined) return;
    const { clock, book, sandboxes } = this.#options;
    const { trap, user, persona } = facts;
    const atNs = clock.nowNs();
    const { incident, opened } = book.fileLogin({ trapId: trap.id, ip: visit.remote.ip, atNs });
    // What else is done on this connection is the first one's; by which traps it was opened is told of each.
    open.login ??= { facts, incident };
    const isFirst = this.#shown.add(`${incident.id} ${loginId}`);
    const isTold = this.#budgetOf(incident).take() || opened || isFirst;
    open.isTold ||= isTold;
    const message = `${describeVisitor(visit)} logged in as ${user}, as it stands in ${trap.path}`;
    const event: AuditEvent = {
      action: 'decoy-login',
      atNs,
      message,
      outcome: 'success',
      incident: incident.facts(),
      trap,
      decoy: { ...visitFacts(visit), user, persona },
    };
    const opening: AuditEvent = {
      ...event,
      action: 'incident-opened',
      message: `incident ${incident.id}: ${message}`,
    };
    // Audit first: what opens the sandbox is on record before.
    const told = isTold ? this.#options.record(...(opened ? [opening, event] : [event])) : undefined;
    if (!isTold) this.#omitted.add(visit.service);
    open.filed = Promise.all([open.filed, told]).then(() => {
      sandboxes?.open(incident);
      this.#options.cameFrom?.(visit.remote.ip, incident);
    });
  }

  acted(visit: Visit, act: VisitAct): void {
    const open = this.#visits.get(visit.id);
    if (open === undefined) return;
    const incident = open.login?.incident;
    const atNs = this.#options.clock.nowNs();
    const shell = visit.service === 'ssh' && act.kind === 'command' ? shellEvent(act, atNs) : undefined;
    const techniques = (shell && this.#options.techniques?.match(shell)) ?? [];
    if (incident !== undefined) {
      if (techniques.length > 0) incident.addTrail(techniques);
      this.#seen(incident);
    }
    const event: AuditEvent = {
      action: 'decoy-act',
      atNs,
      message: `${describeVisitor(visit)}: ${act.kind} ${act.text}`,
      decoy: { ...visitFacts(visit), act },
      ...(incident && { incident: incident.facts() }),
      ...(techniques.length > 0 && { techniques }),
    };
    if (incident === undefined) this.#tell(event, visit);
    else if (open.acts.take() && this.#budgetOf(incident).take()) void this.#options.record(event);
    else this.#omitted.add(visit.service);
  }

  async guest(visit: Visit, request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    const open = this.#visits.get(visit.id);
    const { sandboxes } = this.#options;
    if (open?.login === undefined || sandboxes === undefined)
      throw new SandboxUnavailable('there is no sandbox for this visit');
    const { facts, incident } = open.login;
    await open.filed;
    const { incidentId: sandboxId } = await sandboxes.ready(incident);
    return this.#guests.letIn({ visit, incident, sandboxId, login: facts.user, request, listener });
  }

  left(visit: Visit, sum: VisitSum): void {
    const open = this.#visits.get(visit.id);
    this.#visits.delete(visit.id);
    const incident = open?.login?.incident;
    const event: AuditEvent = {
      action: 'decoy-left',
      atNs: this.#options.clock.nowNs(),
      message: `${describeVisitor(visit)} left after ${Math.round(sum.durationMs / 1000)} s`,
      decoy: { ...visitFacts(visit), sum },
      ...(incident && { incident: incident.facts() }),
    };
    if (incident === undefined) this.#tell(event, visit);
    else if (open?.isTold) void this.#options.record(event);
    else this.#omitted.add(visit.service);
  }

  turnedAway(service: DecoyService, count: number): void {
    this.#omitted.add(service, count);
  }

  /** Waits until every session is on record. */
  async stop(): Promise<void> {
    await this.#guests.stop();
    await this.#omitted.flush();
  }

  #budgetOf(incident: Incident): EarnedBudget {
    const budget = this.#ofIncident.get(incident) ?? new EarnedBudget(this.#options.clock, incidentRate);
    this.#ofIncident.set(incident, budget);
    return budget;
  }

  #seen(incident: Incident): void {
    this.#options.book.seen(incident);
    this.#options.sandboxes?.used(incident);
  }

  #tell(event: AuditEvent, visit: Visit): void {
    if (this.#budget.take(visit.remote.ip)) void this.#options.record(event);
    else this.#omitted.add(visit.service);
  }
}
