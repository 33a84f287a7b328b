import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import type { VisitDesk } from '../service.js';
import type { Refusal } from './nginx-pages.js';

/** `keepalive_requests` of nginx. */
const mostRequests = 1000;
/** Most requests of one connection that wait for the one before. */
const mostWaiting = 100;

/** `client_header_timeout`, `client_body_timeout`, `send_timeout` and `keepalive_timeout` of nginx, in ms. */
export const patienceMs = { head: 60_000, body: 60_000, send: 60_000, keepAlive: 75_000 } as const;

/** One connection: who it is, how much it has asked for, and how long it may take. */
export class Visitor {
  readonly desk: VisitDesk;
  /** The request that came last. */
  lastRequest: IncomingMessage | undefined;
  readonly #socket: Socket;
  readonly #logins = new Set<string>();
  #requests = 0;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor(socket: Socket, desk: VisitDesk) {
    this.#socket = socket;
    this.desk = desk;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    socket.once('close', () => clearTimeout(this.#timer));
    this.patience(patienceMs.head);
  }

  /** The connection ends unless something happens within so many ms. */
  patience(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#socket.destroyed) this.#timer = setTimeout(() => this.#socket.destroy(), ms);
  }

  /** Resolves when bytes came that are no request, with the answer to them. */
  readonly failed: Promise<Refusal>;
  #fail: (refusal: Refusal) => void = () => undefined;

  /** Each login is told once a connection. */
  admitted(login: DecoyLogin): void {
    if (this.#logins.has(login.id)) return;
    this.#logins.add(login.id);
    this.desk.admitted(login);
  }

  /** What comes after bytes that are no request is nothing any more. True the first time, which is told. */
  violation(text: string, refusal: Refusal): boolean {
    if (this.#hasFailed) return false;
    this.#hasFailed = true;
    this.desk.acted({ kind: 'violation', text });
    this.#fail(refusal);
    return true;
  }

  /** When everything that came before is answered. */
  atLast(work: () => void): void {
    this.#turn = this.#turn.then(work);
  }

  /** Requests that come at once are answered one after the other. `isLast`: the connection ends with it. */
  inTurn(work: (isLast: boolean) => Promise<void>): void {
    this.#requests += 1;
    this.#waiting += 1;
    if (this.#requests > mostRequests || this.#waiting > mostWaiting) {
      this.#socket.destroy();
      return;
    }
    const isLast = this.#requests === mostRequests;
    this.#turn = this.#turn
      .then(() => work(isLast))
      .catch(() => void this.#socket.destroy())
      .finally(() => {
        this.#waiting -= 1;
      });
  }
}
