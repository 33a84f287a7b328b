import type { Socket } from 'node:net';
import type { DecoyLogin, DecoyService } from '../../core/decoy/decoy-service.js';
import { EarnedBudget } from '../../core/earned-budget.js';
import type { Clock } from '../../core/ports/clock.js';
import { budgets } from '../link/budgets.js';
import type { ChildEnd } from '../link/child-end.js';
import { byService, type ChildSettings, type LoginsByService } from '../link/settings.js';
import { ConnectionDesk } from './connection-desk.js';
import { Crowd } from './crowd.js';
import { serveGuarded } from './guarded.js';
import type { Service } from './service.js';

const sumEveryMs = 1000;

/** Meets every connection: lets it in or turns it away, and gives it a desk. */
export class Reception {
  readonly #link: ChildEnd;
  readonly #clock: Clock;
  readonly #settings: ChildSettings;
  readonly #crowd: Crowd;
  readonly #allDeeds: EarnedBudget;
  readonly #turnedAway = new Map<DecoyService, number>();
  #logins: LoginsByService = new Map();
  #lastVisit = 0;

  constructor(link: ChildEnd, settings: ChildSettings, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#settings = settings;
    const { mostVisits, mostOfOneSource } = settings;
    this.#crowd = new Crowd({ mostVisits, mostOfOneSource, connections: budgets.connections }, clock);
    this.#allDeeds = new EarnedBudget(clock, budgets.allDeeds);
    setInterval(() => this.#tellSums(), sumEveryMs).unref();
  }

  admit(logins: readonly DecoyLogin[]): void {
    this.#logins = byService(logins);
  }

  meet(service: Service, socket: Socket): void {
    // Whoever is gone already has no address any more.
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    if (remoteAddress === undefined || localAddress === undefined) {
      socket.destroy();
      return;
    }
    const leave = this.#crowd.enter(remoteAddress);
    if (leave === undefined) {
      socket.destroy();
      this.#turnedAway.set(service.name, (this.#turnedAway.get(service.name) ?? 0) + 1);
      return;
    }
    this.#lastVisit = (this.#lastVisit % 0xffff_ffff) + 1;
    const desk = new ConnectionDesk({
      number: this.#lastVisit,
      service: service.name,
      remote: { ip: remoteAddress, port: remotePort ?? 0 },
      local: { ip: localAddress, port: localPort ?? 0 },
      socket,
      link: this.#link,
      clock: this.#clock,
      allDeeds: this.#allDeeds,
      loginGraceMs: this.#settings.loginGraceMs,
      logins: () => this.#logins.get(service.name) ?? [],
    });
    socket.once('close', () => {
      leave();
      desk.leave();
    });
    serveGuarded(service, socket, desk, (text) => this.#link.log(text));
  }

  #tellSums(): void {
    for (const [service, count] of this.#turnedAway) this.#link.turnedAway(service, count);
    this.#turnedAway.clear();
  }
}
