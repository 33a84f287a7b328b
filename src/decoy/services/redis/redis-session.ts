import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import type { VisitDesk } from '../service.js';
import type { Client, ServerState } from './command.js';
import { written } from './reply.js';
import { ProtocolError, RequestReader } from './request-reader.js';
import { runCommand } from './run-command.js';
import { Store } from './store.js';

/** What a connection needs of the service. */
export interface RedisHouse {
  readonly version: string;
  readonly server: ServerState;
  makeStore(): Store;
}

/** A connection that never logs in, ms; a real server keeps it for ever. */
const loginTime = 10 * 60_000;
const idleTime = 60 * 60_000;
/** Bytes of answers that the client has not taken. */
const mostUnsent = 8 * 1024 * 1024;

/** One connection: reads commands, tells them and answers. */
export class RedisSession {
  readonly #socket: Socket;
  readonly #desk: VisitDesk;
  readonly #reader = new RequestReader();
  readonly #house: RedisHouse;
  readonly #client: Client;
  #login: DecoyLogin | undefined;

  constructor(socket: Socket, desk: VisitDesk, house: RedisHouse) {
    this.#socket = socket;
    this.#desk = desk;
    this.#house = house;
    house.server.connections += 1;
    this.#client = {
      id: 5120 + house.server.connections,
      remote: desk.remote,
      local: desk.local,
      version: house.version,
      beganAt: Date.now(),
      server: house.server,
      // Nobody sees a key before the login.
      store: new Store(new Map(), new Map()),
      database: 0,
      protocol: 2,
      name: '',
      isAuthenticated: false,
      isClosing: false,
      channels: new Set(),
      patterns: new Set(),
      queued: undefined,
      queueFailed: false,
      logIn: (user, password) => this.#logIn(user, password),
    };
  }

  begin(): void {
    const socket = this.#socket;
    socket.setTimeout(loginTime, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('drain', () => {
      socket.resume();
      this.#read();
    });
    socket.on('data', (chunk: Buffer) => {
      this.#reader.add(chunk);
      this.#read();
    });
  }

  #read(): void {
    const client = this.#client;
    try {
      while (!client.isClosing) {
        if (this.#socket.writableLength > mostUnsent) {
          this.#socket.pause();
          return;
        }
        const words = this.#reader.next(client.isAuthenticated);
        if (words === undefined) return;
        if (words.length > 0) this.#answer(words);
      }
    } catch (error) {
      this.#broken(error);
    }
  }

  #answer(words: readonly string[]): void {
    const client = this.#client;
    // A web page that makes a browser speak to Redis (securityWarningCommand): closed without a word.
    if (/^(post|host:)$/i.test(words[0] as string)) {
      this.#desk.acted({ kind: 'violation', text: `HTTP: ${shownWords(words)}` });
      client.isClosing = true;
      this.#socket.destroy();
      return;
    }
    client.server.commands += 1;
    const reply = runCommand(client, words);
    if (this.#login !== undefined) this.#desk.acted({ kind: 'command', text: shownWords(words) });
    this.#socket.write(written(reply, client.protocol), 'latin1');
    if (client.isClosing) this.#end();
  }

  #logIn(user: string, password: string): DecoyLogin | undefined {
    const wanted = digest(password);
    const [login] = this.#desk
      .loginsOf(utf8(user))
      .filter((candidate) =>
        timingSafeEqual(digest(Buffer.from(candidate.password).toString('latin1')), wanted),
      );
    if (login === undefined) {
      this.#desk.refused({ user: utf8(user), method: 'password' });
      return undefined;
    }
    // Told once each by the desk.
    this.#desk.admitted(login);
    if (this.#login === undefined) {
      this.#login = login;
      this.#client.store = this.#house.makeStore();
      this.#socket.setTimeout(idleTime);
    }
    return login;
  }

  #broken(error: unknown): void {
    this.#client.isClosing = true;
    if (!(error instanceof ProtocolError)) {
      this.#socket.destroy();
      return;
    }
    this.#desk.acted({ kind: 'violation', text: error.message });
    this.#socket.write(`-ERR Protocol error: ${error.message}\r\n`, 'latin1');
    this.#end();
  }

  #end(): void {
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 2000).unref();
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/** A command as it is told, without passwords. */
export function shownWords(words: readonly string[]): string {
  const name = (words[0] ?? '').toLowerCase();
  const struck = words.map((word, index) => (isSecret(name, words, index) ? '***' : word));
  return utf8(struck.join(' ').slice(0, 8192));
}

function isSecret(name: string, words: readonly string[], index: number): boolean {
  if (name === 'auth') return index === words.length - 1 && index > 0;
  const before = (at: number) => (words[index - at] ?? '').toLowerCase();
  if (name === 'hello') return before(2) === 'auth';
  if (name === 'migrate') return before(1) === 'auth' || before(2) === 'auth2';
  return name === 'config' && ['requirepass', 'masterauth'].includes(before(1)) && before(index) === 'config';
}
