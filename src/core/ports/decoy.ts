import type { DecoyLogin, DecoyService } from '../decoy/decoy-service.js';
import type { GuestChannel, GuestListener, GuestRequest } from '../decoy/guest.js';
import type { RefusedLogin, Visit, VisitAct, VisitSum } from '../decoy/visit.js';

/** Where one service answers, or why it does not. */
export interface DecoyPlace {
  readonly service: DecoyService;
  readonly ip: string;
  readonly port: number;
  /** In one line; absent where it listens. */
  readonly failure?: string;
}

/** Told what visitors of the decoy do. None of it throws. */
export interface VisitListener {
  connected(visit: Visit): void;
  refused(visit: Visit, attempt: RefusedLogin): void;
  /** Somebody has shown a login that stands in a trap. */
  admitted(visit: Visit, loginId: string): void;
  acted(visit: Visit, act: VisitAct): void;
  /**
   * Runs what an admitted visitor asks for.
   * @throws SandboxUnavailable
   */
  guest(visit: Visit, request: GuestRequest, listener: GuestListener): Promise<GuestChannel>;
  /** The last call of a visit. */
  left(visit: Visit, sum: VisitSum): void;
  /** Connections that were refused before anybody spoke with them, because too many were open. */
  turnedAway(service: DecoyService, count: number): void;
  /** What changed since `open` returned: places that answer now, and with a failure those that do not any more. */
  placed(places: readonly DecoyPlace[]): void;
}

/** The decoy services, where the credentials in traps lead. */
export interface Decoy {
  /**
   * Answers from now on; places that are taken are tried again. Returns when each was tried once.
   * @throws DecoyUnavailable
   */
  open(listener: VisitListener): Promise<readonly DecoyPlace[]>;
  /** The logins that open it, all of them, from now on. */
  admit(logins: readonly DecoyLogin[]): void;
  /** Ends every visit and answers no more. */
  close(): Promise<void>;
}

/** The decoy cannot be brought up; the message says why in one line. */
export class DecoyUnavailable extends Error {
  override readonly name = 'DecoyUnavailable';
}
