import type { Duplex } from 'node:stream';
import type { DecoyLogin, DecoyService, Endpoint } from '../../core/decoy/decoy-service.js';
import type { GuestChannel, GuestExit, GuestListener, GuestRequest } from '../../core/decoy/guest.js';
import type { RefusedLogin, VisitAct } from '../../core/decoy/visit.js';
import type { Frame } from './frame.js';
import { FramePipe } from './frame-pipe.js';
import { type FromDaemon, fromChild, fromDaemon, maxFromDaemon } from './frame-types.js';
import { GuestEnd } from './guest-end.js';
import type { ChildSettings } from './settings.js';

export interface ChildEndListener {
  settings(settings: ChildSettings): void;
  logins(logins: readonly DecoyLogin[]): void;
  /** The last call: the daemon is gone. */
  ended(reason: string): void;
}

/** So much of a text goes to the daemon, which cuts it again. */
const longestText = 4096;
/** Above the daemon's limit for a command, so that one that is too long is refused there. */
const longestRequest = 48 * 1024;

/** The end of the pipe in the process that speaks with visitors. None of it throws. */
export class ChildEnd {
  readonly #pipe: FramePipe;
  readonly #listener: ChildEndListener;
  readonly #guests = new Map<number, Map<number, GuestEnd>>();
  #lastGuest = 0;

  constructor(stream: Duplex, listener: ChildEndListener) {
    this.#listener = listener;
    this.#pipe = new FramePipe(
      stream,
      { maxPayload: maxFromDaemon, types: new Set(Object.values(fromDaemon)) },
      {
        frame: (frame) => this.#hear(frame),
        full: () => this.#flow(),
        ended: (reason) => listener.ended(reason),
      },
    );
  }

  ready(): void {
    this.#pipe.send(fromChild.ready, 0, 0);
  }

  log(text: string): void {
    this.#pipe.sendJson(fromChild.log, 0, 0, { text: text.slice(0, longestText) });
  }

  turnedAway(service: DecoyService, count: number): void {
    this.#pipe.sendJson(fromChild.turnedAway, 0, 0, { service, count });
  }

  connected(visit: number, facts: { service: DecoyService; remote: Endpoint; local: Endpoint }): void {
    this.#pipe.sendJson(fromChild.connected, visit, 0, facts);
  }

  refused(visit: number, { user, method }: RefusedLogin): void {
    const [shortUser, shortMethod] = [user, method].map((text) => text.slice(0, longestText));
    this.#pipe.sendJson(fromChild.refused, visit, 0, { user: shortUser, method: shortMethod });
  }

  admitted(visit: number, login: string): void {
    this.#pipe.sendJson(fromChild.admitted, visit, 0, { login });
  }

  acted(visit: number, { kind, text }: Pick<VisitAct, 'kind' | 'text'>): void {
    const cut = text.length > longestText;
    this.#pipe.sendJson(fromChild.acted, visit, 0, {
      kind,
      text: text.slice(0, longestText),
      ...(cut && { cut }),
    });
  }

  left(visit: number, bytesIn: number, bytesOut: number): void {
    for (const guest of [...(this.#guests.get(visit)?.values() ?? [])]) guest.drop();
    this.#pipe.sendJson(fromChild.left, visit, 0, { bytesIn, bytesOut });
  }

  /** @throws Error when there is no sandbox for it */
  guest(visit: number, request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    const message = Buffer.from(JSON.stringify(request));
    if (message.length > longestRequest) return Promise.reject(new Error('too long'));
    this.#lastGuest += 1;
    const guest = this.#lastGuest;
    return new Promise((started, failed) => {
      const forget = () => this.#forget(visit, guest);
      const end = new GuestEnd(this.#pipe, { visit, guest }, listener, forget, { started, failed });
      const ofVisit = this.#guests.get(visit) ?? new Map<number, GuestEnd>();
      this.#guests.set(visit, ofVisit.set(guest, end));
      this.#pipe.send(fromChild.guestRequest, visit, guest, message);
    });
  }

  #forget(visit: number, guest: number): void {
    const ofVisit = this.#guests.get(visit);
    ofVisit?.delete(guest);
    if (ofVisit?.size === 0) this.#guests.delete(visit);
  }

  #flow(): void {
    for (const ofVisit of this.#guests.values()) for (const guest of ofVisit.values()) guest.flow();
  }

  #hear(frame: Frame): void {
    const type = frame.type as FromDaemon;
    const guest = this.#guests.get(frame.visit)?.get(frame.guest);
    if (type === fromDaemon.ping) this.#pipe.send(fromChild.pong, 0, 0);
    else if (type === fromDaemon.settings) this.#listener.settings(messageOf<ChildSettings>(frame));
    else if (type === fromDaemon.logins) this.#listener.logins(messageOf<DecoyLogin[]>(frame));
    else if (guest !== undefined) hearOfGuest(guest, type, frame);
  }
}

function hearOfGuest(guest: GuestEnd, type: FromDaemon, frame: Frame): void {
  switch (type) {
    case fromDaemon.guestStarted:
      guest.begin();
      break;
    case fromDaemon.guestFailed:
      guest.refuse();
      break;
    case fromDaemon.guestOutput:
      guest.output('stdout', frame.payload);
      break;
    case fromDaemon.guestErrorOutput:
      guest.output('stderr', frame.payload);
      break;
    case fromDaemon.guestInputFull:
      guest.daemonFull(messageOf<{ full: boolean }>(frame).full);
      break;
    case fromDaemon.guestExit:
      guest.exited(messageOf<GuestExit>(frame));
      break;
  }
}

/** The daemon is believed: it wrote the message from the same types. */
function messageOf<Message>({ payload }: Frame): Message {
  return JSON.parse(Buffer.from(payload).toString('utf8')) as Message;
}
