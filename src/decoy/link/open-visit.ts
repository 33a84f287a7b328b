import type { GuestRequest } from '../../core/decoy/guest.js';
import type { Visit, VisitAct } from '../../core/decoy/visit.js';
import { EarnedBudget } from '../../core/earned-budget.js';
import type { Clock } from '../../core/ports/clock.js';
import type { VisitListener } from '../../core/ports/decoy.js';
import { budgets, mostAdmissions, mostGuests } from './budgets.js';
import type { FramePipe } from './frame-pipe.js';
import { fromDaemon } from './frame-types.js';
import { GuestRelay } from './guest-relay.js';

export interface VisitHouse {
  readonly pipe: FramePipe;
  readonly listener: VisitListener;
  readonly clock: Clock;
  /** Shared by all visits. */
  readonly allDeeds: EarnedBudget;
}

/** What the daemon keeps of one connection while it lasts. */
export class OpenVisit {
  readonly visit: Visit;
  /** Its number on the pipe. */
  readonly #number: number;
  readonly #house: VisitHouse;
  readonly #deeds: EarnedBudget;
  readonly #starts: EarnedBudget;
  readonly #guests = new Map<number, GuestRelay>();
  readonly #admitted = new Map<string, string>();
  #leftOut = 0;

  constructor(number: number, visit: Visit, house: VisitHouse) {
    this.#number = number;
    this.visit = visit;
    this.#house = house;
    this.#deeds = new EarnedBudget(house.clock, budgets.deeds);
    this.#starts = new EarnedBudget(house.clock, budgets.guests);
  }

  /** Whether somebody with a login from a trap is in. */
  get isAdmitted(): boolean {
    return this.#admitted.size > 0;
  }

  /** False when it was left out, for there are too many. */
  refused(user: string, method: string): boolean {
    if (!this.#mayTell()) return false;
    this.#house.listener.refused(this.visit, { user, method });
    return true;
  }

  /** False when it was left out, for there are too many. */
  acted(act: VisitAct): boolean {
    if (!this.#mayTell()) return false;
    this.#house.listener.acted(this.visit, act);
    return true;
  }

  /** False for more of them than any protocol makes. */
  admitted(loginId: string, user: string): boolean {
    if (this.#admitted.has(loginId)) return true;
    if (this.#admitted.size >= mostAdmissions) return false;
    this.#admitted.set(loginId, user);
    this.#house.listener.admitted(this.visit, loginId);
    return true;
  }

  guest(number: number): GuestRelay | undefined {
    return this.#guests.get(number);
  }

  /** False when it may start none, or none of this user's or number. */
  start(number: number, request: GuestRequest): boolean {
    if (this.#guests.has(number)) return false;
    const isOwn = [...this.#admitted.values()].includes(request.user);
    if (!isOwn || this.#guests.size >= mostGuests || !this.#starts.take()) {
      this.#house.pipe.send(fromDaemon.guestFailed, this.#number, number);
      return isOwn;
    }
    const { pipe, clock, listener } = this.#house;
    const relay = new GuestRelay(pipe, this.#number, number, clock, () => this.#guests.delete(number));
    this.#guests.set(number, relay);
    Promise.resolve()
      .then(() => listener.guest(this.visit, request, relay))
      .then(
        (channel) => relay.started(channel),
        () => relay.failed(),
      );
    return true;
  }

  /** To be called when the pipe is full or no longer. */
  flow(): void {
    for (const guest of this.#guests.values()) guest.flow();
  }

  left(bytesIn: number, bytesOut: number): void {
    for (const guest of [...this.#guests.values()]) guest.hangUp();
    if (this.#leftOut > 0)
      this.#house.listener.acted(this.visit, {
        kind: 'violation',
        text: `${this.#leftOut} more things that it did are left out`,
      });
    const durationMs = Number((this.#house.clock.nowNs() - this.visit.atNs) / 1_000_000n);
    this.#house.listener.left(this.visit, { bytesIn, bytesOut, durationMs: Math.max(0, durationMs) });
  }

  #mayTell(): boolean {
    const may = this.#deeds.take() && this.#house.allDeeds.take();
    if (!may) this.#leftOut += 1;
    return may;
  }
}
