import type { Socket } from 'node:net';
import type { Connection } from 'ssh2';
import type { VisitDesk } from '../service.js';
import { Channels } from './channels.js';
import type { FailDelay } from './fail-delay.js';
import { Identification } from './identification.js';
import type { LastLogins } from './last-login.js';
import { LoginDesk } from './login.js';
import { messageNumber } from './message.js';
import { Wire } from './wire.js';

/** sshd's LoginGraceTime. */
const loginGraceMs = 120_000;
/** A login needs a few KiB; sshd has no such bound because it has a process for each connection. */
const mostBytesBeforeLogin = 256 * 1024;
/** As with ClientAliveInterval 120 and ClientAliveCountMax 3, which hardening guides recommend. */
const aliveIntervalMs = 120_000;
const mostSilences = 3;
/** Key exchanges cost milliseconds of everybody's time. OpenSSH's own come after 1 GiB or an hour. */
const freeKeyExchanges = 16;
const bytesPerKeyExchange = 64 * 1024;
/** For what is still to be sent when a connection ends. */
const farewellMs = 2_000;

/** What all visits of the service share. */
export interface SshHouse {
  readonly delay: FailDelay;
  readonly lastLogins: LastLogins;
  /** Signatures that the host keys can do, in the order to offer. */
  readonly hostKeyNames: readonly string[];
}

/** One connection from its first byte to its end. */
export class SshVisit {
  readonly #socket: Socket;
  readonly #desk: VisitDesk;
  readonly #house: SshHouse;
  readonly #identification = new Identification();
  readonly #grace: NodeJS.Timeout;
  #aliveCheck: NodeJS.Timeout | undefined;
  #channels: Channels | undefined;
  #keyExchanges = 0;
  #toldViolation = false;

  /** To be made before ssh2 has the socket: it looks at each piece of data first. */
  constructor(socket: Socket, desk: VisitDesk, house: SshHouse) {
    this.#socket = socket;
    this.#desk = desk;
    this.#house = house;
    this.#grace = setTimeout(() => socket.destroy(), loginGraceMs);
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#look(bytes));
    // Nobody who closes one direction of SSH goes on with the other.
    socket.once('end', () => this.#finish());
    socket.once('close', () => this.#over());
  }

  /** The visitor has identified itself; the key exchange is next. */
  begin(connection: Connection): void {
    const wire = new Wire(connection, this.#house.hostKeyNames);
    connection.on('error', (error: Error & { level?: string }) => {
      if (error.level !== 'socket') this.#violated(error.message);
      this.#finish();
    });
    connection.on('rekey', () => this.#countKeyExchange());
    const login = new LoginDesk(this.#desk, wire, this.#house.delay);
    login.receive(connection);
    connection.once('ready', () => this.#admitted(wire, login.user ?? ''));
  }

  #admitted(wire: Wire, user: string): void {
    clearTimeout(this.#grace);
    wire.boundUnpacking();
    this.#channels = new Channels(this.#desk, wire, {
      user,
      greeting: () => this.#house.lastLogins.line(user, this.#desk.remote.ip, Date.now()),
      violated: (text) => this.#violated(text),
    });
    this.#channels.takeOver();
    this.#watchAlive(wire);
  }

  #look(bytes: Uint8Array): void {
    const refusal = this.#identification.refuses(bytes);
    if (refusal) {
      this.#violated(`no SSH identification: ${refusal.line.slice(0, 256)}`);
      this.#socket.write(refusal.answer);
      this.#finish();
    } else if (!this.#channels && this.#socket.bytesRead > mostBytesBeforeLogin) {
      this.#violated('too much data before a login');
      this.#socket.destroy();
    }
  }

  #countKeyExchange(): void {
    this.#keyExchanges += 1;
    const { bytesRead, bytesWritten } = this.#socket;
    if (this.#keyExchanges <= freeKeyExchanges + (bytesRead + bytesWritten) / bytesPerKeyExchange) return;
    this.#violated('too many key exchanges');
    this.#socket.destroy();
  }

  #watchAlive(wire: Wire): void {
    let heard = this.#socket.bytesRead;
    let silences = 0;
    this.#aliveCheck = setInterval(() => {
      silences = heard === this.#socket.bytesRead ? silences + 1 : 0;
      heard = this.#socket.bytesRead;
      if (silences > mostSilences) this.#socket.destroy();
      else if (silences > 0) wire.send(messageNumber.globalRequest, 'keepalive@openssh.com', true);
    }, aliveIntervalMs);
  }

  #violated(text: string): void {
    if (this.#toldViolation) return;
    this.#toldViolation = true;
    this.#desk.acted({ kind: 'violation', text });
  }

  /** Sends what waits, then ends; ssh2 would leave the connection half open, and stumble over it later. */
  #finish(): void {
    this.#socket.destroySoon();
    setTimeout(() => this.#socket.destroy(), farewellMs).unref();
  }

  #over(): void {
    clearTimeout(this.#grace);
    clearInterval(this.#aliveCheck);
    this.#channels?.hangUp();
  }
}
