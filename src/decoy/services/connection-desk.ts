import type { Socket } from 'node:net';
import type { DecoyLogin, DecoyService, Endpoint } from '../../core/decoy/decoy-service.js';
import type { GuestChannel, GuestListener, GuestRequest } from '../../core/decoy/guest.js';
import type { RefusedLogin, VisitAct } from '../../core/decoy/visit.js';
import { EarnedBudget } from '../../core/earned-budget.js';
import type { Clock } from '../../core/ports/clock.js';
import { budgets } from '../link/budgets.js';
import type { ChildEnd } from '../link/child-end.js';
import type { VisitDesk } from './service.js';

export interface DeskOptions {
  readonly number: number;
  readonly service: DecoyService;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly socket: Socket;
  readonly link: ChildEnd;
  readonly clock: Clock;
  /** Shared by all connections. */
  readonly allDeeds: EarnedBudget;
  readonly loginGraceMs: number;
  readonly logins: () => readonly DecoyLogin[];
}

/** The desk of one connection, and what is counted of it. */
export class ConnectionDesk implements VisitDesk {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly #options: DeskOptions;
  readonly #deeds: EarnedBudget;
  readonly #admitted = new Set<string>();
  readonly #grace: NodeJS.Timeout;
  #leftOut = 0;
  #over = false;

  constructor(options: DeskOptions) {
    this.remote = options.remote;
    this.local = options.local;
    this.#options = options;
    this.#deeds = new EarnedBudget(options.clock, budgets.deeds);
    // As LoginGraceTime of sshd_config: who says nothing holds no place for long.
    this.#grace = setTimeout(() => options.socket.destroy(), options.loginGraceMs);
    const { link, number, service, remote, local } = options;
    link.connected(number, { service, remote, local });
  }

  loginsOf(user: string): readonly DecoyLogin[] {
    return this.#options.logins().filter((login) => login.user === user);
  }

  refused(attempt: RefusedLogin): void {
    if (this.#mayTell()) this.#options.link.refused(this.#options.number, attempt);
  }

  admitted(login: DecoyLogin): void {
    if (this.#over || this.#admitted.has(login.id)) return;
    this.#admitted.add(login.id);
    clearTimeout(this.#grace);
    this.#options.link.admitted(this.#options.number, login.id);
  }

  acted(act: Pick<VisitAct, 'kind' | 'text'>): void {
    if (this.#mayTell()) this.#options.link.acted(this.#options.number, act);
  }

  guest(request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    if (this.#over) return Promise.reject(new Error('the connection is over'));
    return this.#options.link.guest(this.#options.number, request, listener);
  }

  /** To be called when the connection has ended. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#grace);
    const { link, number, socket } = this.#options;
    if (this.#leftOut > 0)
      link.acted(number, {
        kind: 'violation',
        text: `${this.#leftOut} more things that it did are left out`,
      });
    link.left(number, socket.bytesRead, socket.bytesWritten);
  }

  #mayTell(): boolean {
    if (this.#over) return false;
    const may = this.#deeds.take() && this.#options.allDeeds.take();
    if (!may) this.#leftOut += 1;
    return may;
  }
}
