import type { Duplex } from 'node:stream';
import type { DecoyLogin } from '../../core/decoy/decoy-service.js';
import type { GuestRequest } from '../../core/decoy/guest.js';
import { EarnedBudget } from '../../core/earned-budget.js';
import type { Clock } from '../../core/ports/clock.js';
import type { VisitListener } from '../../core/ports/decoy.js';
import { budgets } from './budgets.js';
import { parseChildMessage, shortPrintable } from './child-messages.js';
import type { Frame } from './frame.js';
import { FramePipe } from './frame-pipe.js';
import { type FromChild, fromChild, fromDaemon, maxFromChild } from './frame-types.js';
import { OpenVisit, type VisitHouse } from './open-visit.js';
import type { ChildSettings } from './settings.js';
import { Watchdog } from './watchdog.js';

export interface DaemonEndOptions {
  readonly stream: Duplex;
  readonly settings: ChildSettings;
  readonly listener: VisitListener;
  readonly clock: Clock;
  /** Gives each visit its number in this run of the daemon. */
  readonly nextVisitId: () => number;
  /** How often the child is asked whether it still answers, ms; 5,000 when absent. */
  readonly askEveryMs?: number;
  /** The child answers visitors now. */
  readonly onReady: () => void;
  /** A line about the child itself; printable, short. */
  readonly onLog: (text: string) => void;
  /** A visit is over. */
  readonly onLeft: () => void;
  /** The last call, once; whatever was open has been told as left. */
  readonly onEnd: (reason: string) => void;
}

const nameLength = 256;
const actLength = 4096;
const logLength = 500;

/**
 * The daemon's end of the pipe. The child parses an intruder's bytes and may be the intruder's: nothing that it
 * says is believed beyond what it can know, and more of it than visitors can cause ends the link.
 */
export class DaemonEnd {
  readonly #options: DaemonEndOptions;
  readonly #pipe: FramePipe;
  readonly #visits = new Map<number, OpenVisit>();
  readonly #house: VisitHouse;
  readonly #connections: EarnedBudget;
  readonly #logs: EarnedBudget;
  readonly #sums: EarnedBudget;
  readonly #nonsense: EarnedBudget;
  readonly #watchdog: Watchdog;
  #logins = new Map<string, DecoyLogin>();
  /** Those of before: somebody may be showing one while it is taken back. */
  #formerLogins = new Map<string, DecoyLogin>();
  #ready = false;

  constructor(options: DaemonEndOptions, logins: readonly DecoyLogin[]) {
    const { stream, clock, listener, settings, askEveryMs: everyMs = 5000 } = options;
    this.#options = options;
    this.#connections = new EarnedBudget(clock, budgets.connections);
    this.#logs = new EarnedBudget(clock, budgets.logs);
    this.#sums = new EarnedBudget(clock, budgets.sums);
    this.#nonsense = new EarnedBudget(clock, budgets.nonsense);
    this.#pipe = new FramePipe(
      stream,
      { maxPayload: maxFromChild, types: new Set(Object.values(fromChild)) },
      {
        frame: (frame) => this.#hear(frame),
        full: () => this.#flow(),
        ended: (reason) => this.#ended(reason),
      },
    );
    const allDeeds = new EarnedBudget(clock, budgets.allDeeds);
    this.#house = { pipe: this.#pipe, listener, clock, allDeeds };
    this.#watchdog = new Watchdog({
      clock,
      everyMs,
      ask: () => this.#pipe.send(fromDaemon.ping, 0, 0),
      silent: () => this.#pipe.end('it does not answer any more'),
    });
    this.#pipe.sendJson(fromDaemon.settings, 0, 0, settings);
    this.admit(logins);
  }

  /** Visits of somebody with a login from a trap. */
  get admittedVisits(): number {
    return [...this.#visits.values()].filter(({ isAdmitted }) => isAdmitted).length;
  }

  admit(logins: readonly DecoyLogin[]): void {
    this.#formerLogins = this.#logins;
    this.#logins = new Map(logins.map((login) => [login.id, login]));
    this.#pipe.sendJson(fromDaemon.logins, 0, 0, logins);
  }

  end(reason: string): void {
    this.#pipe.end(reason);
  }

  #hear(frame: Frame): void {
    const isSense = this.#understands(frame);
    if (!isSense && !this.#nonsense.take()) this.#pipe.end('it sends nonsense');
  }

  /** Whether the message meant anything. */
  #understands(frame: Frame): boolean {
    const type = frame.type as FromChild;
    if (type === fromChild.ready) return this.#heardReady();
    if (type === fromChild.pong) return this.#watchdog.answered();
    if (type === fromChild.log) return this.#heardLog(frame.payload);
    if (type === fromChild.turnedAway) return this.#heardSum(frame.payload);
    if (type === fromChild.connected) return this.#heardConnected(frame);
    const visit = this.#visits.get(frame.visit);
    return visit !== undefined && this.#heardOf(visit, type, frame);
  }

  #heardOf(visit: OpenVisit, type: FromChild, { visit: number, guest, payload }: Frame): boolean {
    switch (type) {
      case fromChild.refused:
        return this.#heardRefused(visit, payload);
      case fromChild.acted:
        return this.#heardAct(visit, payload);
      case fromChild.admitted:
        return this.#heardAdmitted(visit, payload);
      case fromChild.left:
        return this.#heardLeft(number, visit, payload);
      case fromChild.guestRequest: {
        const request = parseChildMessage('guestRequest', payload);
        return request !== undefined && visit.start(guest, request as GuestRequest);
      }
      default:
        return heardOfGuest(visit, type, guest, payload);
    }
  }

  #heardReady(): boolean {
    if (this.#ready) return false;
    this.#ready = true;
    this.#watchdog.running();
    this.#options.onReady();
    return true;
  }

  #heardLog(payload: Uint8Array): boolean {
    const log = parseChildMessage('log', payload);
    if (log === undefined || !this.#logs.take()) return false;
    this.#options.onLog(shortPrintable(log.text, logLength).text);
    return true;
  }

  #heardSum(payload: Uint8Array): boolean {
    const sum = parseChildMessage('turnedAway', payload);
    if (sum === undefined || !this.#sums.take()) return false;
    this.#options.listener.turnedAway(sum.service, sum.count);
    return true;
  }

  #heardConnected({ visit: number, payload }: Frame): boolean {
    const { settings, clock, listener, nextVisitId } = this.#options;
    const message = parseChildMessage('connected', payload);
    if (message === undefined || this.#visits.has(number) || !this.#connections.take()) return false;
    if (this.#visits.size >= settings.mostVisits) return false;
    const visit = { id: nextVisitId(), ...message, atNs: clock.nowNs() };
    this.#visits.set(number, new OpenVisit(number, visit, this.#house));
    listener.connected(visit);
    return true;
  }

  #heardAdmitted(visit: OpenVisit, payload: Uint8Array): boolean {
    const message = parseChildMessage('admitted', payload);
    const login = message && (this.#logins.get(message.login) ?? this.#formerLogins.get(message.login));
    if (login === undefined || login.service !== visit.visit.service) return false;
    return visit.admitted(login.id, login.user);
  }

  #heardRefused(visit: OpenVisit, payload: Uint8Array): boolean {
    const attempt = parseChildMessage('refused', payload);
    if (attempt === undefined) return false;
    const [user, method] = [attempt.user, attempt.method].map(
      (text) => shortPrintable(text, nameLength).text,
    );
    return visit.refused(user as string, method as string);
  }

  #heardAct(visit: OpenVisit, payload: Uint8Array): boolean {
    const act = parseChildMessage('acted', payload);
    if (act === undefined) return false;
    const { text, cut } = shortPrintable(act.text, actLength);
    return visit.acted({ kind: act.kind, text, ...((cut || act.cut === true) && { cut: true }) });
  }

  #heardLeft(number: number, visit: OpenVisit, payload: Uint8Array): boolean {
    const sum = parseChildMessage('left', payload);
    if (sum === undefined) return false;
    this.#visits.delete(number);
    visit.left(sum.bytesIn, sum.bytesOut);
    this.#options.onLeft();
    return true;
  }

  #flow(): void {
    for (const visit of this.#visits.values()) visit.flow();
  }

  #ended(reason: string): void {
    this.#watchdog.stop();
    const open = [...this.#visits.values()];
    this.#visits.clear();
    // How much they sent died with the child.
    for (const visit of open) visit.left(0, 0);
    this.#options.onEnd(reason);
  }
}

function heardOfGuest(visit: OpenVisit, type: FromChild, number: number, payload: Uint8Array): boolean {
  const guest = visit.guest(number);
  if (guest === undefined) return false;
  switch (type) {
    case fromChild.guestInput:
      guest.input(payload);
      return payload.length > 0;
    case fromChild.guestEnd:
      guest.endInput();
      return true;
    case fromChild.hangUp:
      guest.hangUp();
      return true;
    case fromChild.pause:
      return known(parseChildMessage('pause', payload), ({ paused }) => guest.pause(paused));
    case fromChild.resize:
      return known(parseChildMessage('resize', payload), ({ columns, rows }) => guest.resize(columns, rows));
    default:
      return false;
  }
}

function known<Message>(message: Message | undefined, tell: (message: Message) => void): boolean {
  if (message === undefined) return false;
  tell(message);
  return true;
}
