import type { VisitDesk } from '../service.js';
import { messageNumber } from './message.js';
import { SessionChannel } from './session-channel.js';
import type { Wire } from './wire.js';

/** sshd's MaxSessions. */
const mostSessions = 10;
/** A visitor who cannot take this much at once (RFC 4254 wants 32768) would make a message of every byte. */
const smallestPacket = 256;
/** OpenSSH's CHAN_SES_PACKET_DEFAULT. */
const largestPacket = 32 * 1024;
/** Ways through that are told of one connection; a scan through it asks for thousands. */
const mostForwardsTold = 200;

const administrativelyProhibited = 1;
const connectFailed = 2;

/** What is known of who has come in. */
export interface Guestbook {
  readonly user: string;
  greeting(): string;
  violated(text: string): void;
}

interface Opening {
  readonly type: string;
  readonly sender: number;
  readonly window: number;
  readonly packetSize: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The channels of one connection after the login: sessions are opened, every way through is refused. */
export class Channels {
  readonly #desk: VisitDesk;
  readonly #wire: Wire;
  readonly #guestbook: Guestbook;
  readonly #open = new Map<number, SessionChannel>();
  #noMoreSessions = false;
  #forwardsTold = 0;

  constructor(desk: VisitDesk, wire: Wire, guestbook: Guestbook) {
    this.#desk = desk;
    this.#wire = wire;
    this.#guestbook = guestbook;
  }

  /** Takes the messages of the connection protocol over from ssh2, which parses them. */
  takeOver(): void {
    Object.assign(this.#wire.handlers, {
      CHANNEL_OPEN: (_: unknown, opening: Opening) => this.#opened(opening),
      CHANNEL_DATA: (_: unknown, id: number, bytes: Uint8Array) => this.#channel(id, 'data')?.receive(bytes),
      CHANNEL_EXTENDED_DATA: () => {},
      CHANNEL_WINDOW_ADJUST: (_: unknown, id: number, more: number) =>
        this.#channel(id, 'window adjust')?.widen(more),
      CHANNEL_EOF: (_: unknown, id: number) => this.#channel(id, 'ieof')?.endOfInput(),
      CHANNEL_CLOSE: (_: unknown, id: number) => this.#channel(id, 'oclose')?.closedByVisitor(),
      CHANNEL_REQUEST: (_: unknown, id: number, type: string, wantsReply: boolean, data: unknown) =>
        this.#requested(id, type, wantsReply, data),
      CHANNEL_SUCCESS: () => {},
      CHANNEL_FAILURE: () => {},
      GLOBAL_REQUEST: (_: unknown, name: string, wantsReply: boolean, data: Record<string, unknown>) =>
        this.#requestedOfAll(name, wantsReply, data),
    });
  }

  /** The visitor is gone. */
  hangUp(): void {
    for (const channel of this.#open.values()) channel.hangUp();
    this.#open.clear();
  }

  #opened({ type, sender, window, packetSize, data }: Opening): void {
    if (type === 'session') {
      this.#openSession({ recipient: sender, window, packetSize });
    } else if (type === 'direct-tcpip') {
      this.#refuseForward(`${data.destIP}:${data.destPort}`);
      this.#refuseOpening(sender, administrativelyProhibited);
    } else if (type === 'direct-streamlocal@openssh.com') {
      this.#refuseForward(String(data.socketPath));
      this.#refuseOpening(sender, administrativelyProhibited);
    } else {
      this.#refuseOpening(sender, connectFailed);
    }
  }

  #openSession(opening: {
    readonly recipient: number;
    readonly window: number;
    readonly packetSize: number;
  }) {
    if (this.#noMoreSessions) {
      this.#wire.disconnect('Possible attack: attempt to open a session after additional sessions disabled');
      return;
    }
    if (this.#open.size >= mostSessions || opening.packetSize < smallestPacket) {
      this.#refuseOpening(opening.recipient, connectFailed);
      return;
    }
    let id = 0;
    while (this.#open.has(id)) id += 1;
    const { user, greeting, violated } = this.#guestbook;
    const closed = () => this.#open.delete(id);
    const house = { user, greeting, violated, closed, desk: this.#desk, wire: this.#wire };
    this.#open.set(id, new SessionChannel(house, opening));
    // No data before something runs: OpenSSH opens sessions with a window of 0.
    this.#wire.send(messageNumber.channelOpenConfirmation, opening.recipient, id, 0, largestPacket);
  }

  #requested(id: number, type: string, wantsReply: boolean, data: unknown): void {
    const channel = this.#channel(id, 'request');
    if (!channel) return;
    const granted = channel.request(type, data);
    const answer = granted ? messageNumber.channelSuccess : messageNumber.channelFailure;
    if (wantsReply) this.#wire.send(answer, channel.recipient);
    channel.answered();
  }

  #requestedOfAll(name: string, wantsReply: boolean, data: Record<string, unknown>): void {
    if (name === 'tcpip-forward') this.#refuseForward(`listen ${data.bindAddr}:${data.bindPort}`);
    else if (name === 'streamlocal-forward@openssh.com') this.#refuseForward(`listen ${data.socketPath}`);
    else if (name === 'no-more-sessions@openssh.com') this.#noMoreSessions = true;
    if (!wantsReply) return;
    const granted = name === 'no-more-sessions@openssh.com';
    this.#wire.send(granted ? messageNumber.requestSuccess : messageNumber.requestFailure);
  }

  #channel(id: number, what: string): SessionChannel | undefined {
    const channel = this.#open.get(id);
    // As `channel_from_packet_id` of OpenSSH's channels.c.
    if (!channel) this.#wire.disconnect(`${what} packet referred to nonexistent channel ${id}`);
    return channel;
  }

  #refuseOpening(recipient: number, reason: number): void {
    this.#wire.send(messageNumber.channelOpenFailure, recipient, reason, 'open failed', '');
  }

  #refuseForward(text: string): void {
    this.#forwardsTold += 1;
    if (this.#forwardsTold <= mostForwardsTold) this.#desk.acted({ kind: 'forward', text });
    if (this.#forwardsTold === mostForwardsTold) this.#guestbook.violated('more forwards than are told');
  }
}
