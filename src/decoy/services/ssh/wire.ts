import type { Socket } from 'node:net';
import type { Connection } from 'ssh2';
import { extensions, offeredAlgorithms } from './algorithms.js';
import { type Field, message, messageNumber } from './message.js';

type Offer = { readonly constructor: unknown };

/**
 * The parts of ssh2 1.17 (pinned) that its public interface hides. Needed because its channels ignore a full
 * socket, throw after the end of a connection from where nobody can catch it, mix stdout with stderr when both wait
 * for the window, and because what it says (disconnect texts, extensions) is unlike OpenSSH.
 */
interface Inside {
  _sock: Socket;
  _protocol: {
    /** Absent once it is of no more use. */
    _destruct?: unknown;
    /** Present while keys are exchanged: everything else waits in `_queue`. */
    _kexinit?: unknown;
    _queue?: Buffer[];
    _kex: { remoteExtInfoEnabled: boolean };
    _offer: Offer;
    _cipher: { encrypt(packet: Buffer): void };
    _packetRW: {
      read: { _zlib?: { _maxOutputLength: number } };
      write: {
        allocStart: number;
        allocStartKEX: number;
        alloc(length: number, force?: boolean): Buffer;
        finalize(packet: Buffer, force?: boolean): Buffer;
      };
    };
    _handlers: Handlers;
    _onHandshakeComplete(...facts: unknown[]): void;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: each message has arguments of its own, as ssh2 parsed them
export type Handlers = Record<string, (protocol: any, ...facts: any[]) => void>;

/** Bytes that wait to be sent, above which nobody adds data of a guest. */
const congestedBytes = 256 * 1024;
/** Above which nothing more is read: answers to requests would pile up behind a visitor who reads nothing. */
const deafBytes = 1024 * 1024;
/** Messages that wait for the end of a key exchange; more come only from a visitor who does not end it. */
const mostQueued = 512;
/** OpenSSH's PACKET_MAX_SIZE: what one packet may become when unpacked. */
const mostUnpackedBytes = 256 * 1024;

const knownMethods: ReadonlySet<unknown> = new Set([
  'none',
  'password',
  'publickey',
  'hostbased',
  'keyboard-interactive',
]);

/** The socket that a connection of ssh2 goes over. */
export function socketOf(connection: Connection): Socket {
  return (connection as unknown as Inside)._sock;
}

/** Sends messages over a connection of ssh2: never throws, and knows when it is full. */
export class Wire {
  readonly #protocol: Inside['_protocol'];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();

  /** To be made before the key exchange; `hostKeyNames` are the signatures that the host keys can do. */
  constructor(connection: Connection, hostKeyNames: readonly string[]) {
    const inside = connection as unknown as Inside;
    this.#protocol = inside._protocol;
    this.#socket = inside._sock;
    this.#offer(hostKeyNames);
    this.#tellExtensions();
    this.#hearUnknownMethods();
    this.#socket.on('drain', () => {
      this.#socket.resume();
      this.freed();
    });
  }

  get handlers(): Handlers {
    return this.#protocol._handlers;
  }

  get alive(): boolean {
    return this.#protocol._destruct !== undefined && this.#socket.writable;
  }

  /** Data of guests has to wait; whoever asked with `whenFree` is told. */
  get congested(): boolean {
    return this.#protocol._kexinit !== undefined || this.#socket.writableLength > congestedBytes;
  }

  /** Calls `listener` whenever it may take data again. Returns how to stop that. */
  whenFree(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  /** Tells everybody who waits, after a key exchange or when the socket has emptied. */
  freed(): void {
    for (const listener of [...this.#waiting]) if (!this.congested) listener();
  }

  send(number: number, ...fields: readonly Field[]): void {
    if (!this.alive) return;
    try {
      this.#put(message(number, ...fields));
    } catch {
      this.#socket.destroy();
    }
  }

  /** Ends the connection with a reason, as OpenSSH's `ssh_packet_disconnect`. */
  disconnect(text: string): void {
    if (!this.alive) return;
    const protocolError = 2;
    try {
      const payload = message(messageNumber.disconnect, protocolError, text, '');
      const { write } = this.#protocol._packetRW;
      const packet = write.alloc(payload.length, true);
      packet.set(payload, write.allocStartKEX);
      this.#protocol._cipher.encrypt(write.finalize(packet, true));
    } catch {}
    this.#socket.destroySoon();
  }

  /** To be called after each key exchange and the login: ssh2 makes a new unpacker, without a bound. */
  boundUnpacking(): void {
    const unpacker = this.#protocol._packetRW.read._zlib;
    if (unpacker) unpacker._maxOutputLength = mostUnpackedBytes;
  }

  #put(payload: Buffer): void {
    const protocol = this.#protocol;
    const { write } = protocol._packetRW;
    const packet = write.alloc(payload.length);
    packet.set(payload, write.allocStart);
    const finished = write.finalize(packet);
    if (protocol._kexinit === undefined) protocol._cipher.encrypt(finished);
    else {
      protocol._queue ??= [];
      if (protocol._queue.push(finished) > mostQueued) this.#socket.destroy();
    }
    if (this.#socket.writableLength > deafBytes) this.#socket.pause();
  }

  #offer(hostKeyNames: readonly string[]): void {
    const { kex, cipher, mac, compress } = offeredAlgorithms;
    const oneWay = { cipher, mac, compress, lang: [] };
    const MakeOffer = this.#protocol._offer.constructor as new (lists: object) => Offer;
    this.#protocol._offer = new MakeOffer({ kex, serverHostKey: hostKeyNames, cs: oneWay, sc: oneWay });
  }

  #tellExtensions(): void {
    const protocol = this.#protocol;
    const complete = protocol._onHandshakeComplete;
    let first = true;
    protocol._onHandshakeComplete = (...facts) => {
      const wanted = first && protocol._kex.remoteExtInfoEnabled;
      first = false;
      protocol._kex.remoteExtInfoEnabled = false;
      complete(...facts);
      // The number of extensions, then their names and values.
      if (wanted) this.send(messageNumber.extInfo, extensions.length, ...extensions.flat());
      this.boundUnpacking();
      this.freed();
    };
  }

  /** ssh2 disconnects whoever tries a method it does not know, such as gssapi-with-mic; sshd refuses as any other. */
  #hearUnknownMethods(): void {
    const { handlers } = this;
    const hear = handlers.USERAUTH_REQUEST;
    handlers.USERAUTH_REQUEST = (protocol, user, service, method, data) =>
      hear?.(protocol, user, service, knownMethods.has(method) ? method : 'none', data);
  }
}
