import type { Socket } from 'node:net';
import type { DecoyLogin, DecoyService, Endpoint } from '../../core/decoy/decoy-service.js';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { GuestChannel, GuestListener, GuestRequest } from '../../core/decoy/guest.js';
import type { RefusedLogin, VisitAct } from '../../core/decoy/visit.js';

/** What one service of the decoy may ask and tell during one connection. None of it throws. */
export interface VisitDesk {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Logins of this service with this user name; mostly one or none, sometimes several with different passwords. */
  loginsOf(user: string): readonly DecoyLogin[];
  refused(attempt: RefusedLogin): void;
  admitted(login: DecoyLogin): void;
  /** `text` may be anything; the desk makes it printable and cuts it. */
  acted(act: Pick<VisitAct, 'kind' | 'text'>): void;
  /** Runs something in the sandbox. @throws Error when there is none */
  guest(request: GuestRequest, listener: GuestListener): Promise<GuestChannel>;
}

/** What a service is made from. Plain data: it crosses a process boundary as JSON. */
export interface ServiceSettings {
  readonly story: DecoyStory;
  /** Software that is imitated, as this host's distribution has it. */
  readonly software: DecoySoftware;
  /** SSH host keys in OpenSSH's private form, kept across restarts. */
  readonly hostKeys: readonly string[];
  /** Key of the service's own TLS certificate and the certificate, PEM: for PostgreSQL's SSLRequest. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** File with PostgreSQL's cluster of this story, packed; it may come later, or not at all. */
  readonly keptCluster?: string;
}

export interface DecoySoftware {
  /** After `SSH-2.0-`, such as `OpenSSH_9.2p1 Debian-2+deb12u3`. */
  readonly ssh: string;
  /** `server_version`, such as `15.8 (Debian 15.8-0+deb12u1)`. */
  readonly postgres: string;
  /** Such as `7.0.15`. */
  readonly redis: string;
  /** `Server` header, such as `nginx/1.22.1`; */
  readonly http: string;
}

/** One service of the decoy: speaks a protocol with whoever connects. */
export interface Service {
  readonly name: DecoyService;
  /**
   * Takes over a fresh connection until its end. Never throws, whatever the visitor sends; the socket's errors are its own
   * to handle. It bounds memory and time of each connection as a real server does.
   */
  serve(socket: Socket, desk: VisitDesk): void;
}

/** Every service module exports one of these. */
export type MakeService = (settings: ServiceSettings) => Service;
