import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import type { VisitDesk } from '../service.js';
import { type ClientMessage, MessageReader } from './message-reader.js';
import { authentication, errorResponse, negotiateProtocolVersion, type ServerError } from './messages.js';
import type { PostgresHouse } from './postgres-house.js';
import { QuerySession } from './query-session.js';
import { type SaslAnswer, SaslExchange } from './sasl-exchange.js';
import { serverErrors } from './server-errors.js';
import { largestStartup, readStartupPacket, type Startup } from './startup-packet.js';
import { databaseExists } from './story-databases.js';

/** `authentication_timeout`, ms: whoever has not logged in by then is dropped without a word. */
const loginTime = 60_000;
/** PG_MAX_AUTH_TOKEN_LENGTH, with the length itself. */
const largestAuth = 65_539;

type Stage = 'startup' | 'first' | 'last' | 'open' | 'over';

/** One connection: from its first byte to the login, and the hand-over to the database. */
export class PostgresSession {
  #socket: Socket;
  readonly #desk: VisitDesk;
  readonly #house: PostgresHouse;
  readonly #reader = new MessageReader();
  readonly #processId = randomInt(1200, 4_000_000);
  #stage: Stage = 'startup';
  #asked = new Set<string>();
  #startup: Startup | undefined;
  #exchange: SaslExchange<DecoyLogin | undefined> | undefined;
  #queries: QuerySession | undefined;
  #timer: NodeJS.Timeout | undefined;
  #deafen: () => void = () => undefined;

  constructor(socket: Socket, desk: VisitDesk, house: PostgresHouse) {
    this.#socket = socket;
    this.#desk = desk;
    this.#house = house;
  }

  begin(): void {
    this.#timer = setTimeout(() => this.#socket.destroy(), loginTime);
    this.#deafen = this.#listen();
  }

  /** @returns what makes it listen no more; others listen too, and go on */
  #listen(): () => void {
    const socket = this.#socket;
    const closed = () => this.#closed();
    const ended = () => this.#queries?.hungUp() ?? socket.end();
    const said = (chunk: Buffer) => {
      if (this.#stage === 'over') return;
      this.#reader.add(chunk);
      this.#read();
    };
    socket.on('error', () => socket.destroy());
    socket.on('close', closed).on('end', ended).on('data', said);
    return () => void socket.off('close', closed).off('end', ended).off('data', said);
  }

  #read(): void {
    try {
      for (;;) {
        const stage: Stage = this.#stage;
        if (stage === 'open') this.#queries?.read();
        if (stage === 'open' || stage === 'over') return;
        const got = this.#next();
        if (got === undefined) return;
        if (stage === 'startup') this.#opening(got.body);
        else this.#authenticate(got);
      }
    } catch {
      this.#badLength();
    }
  }

  #next(): ClientMessage | undefined {
    if (this.#stage === 'startup') return this.#reader.next(true, largestStartup);
    // Before the length is looked at.
    const type = this.#reader.peek(1)[0];
    if (type !== undefined && type !== 0x70) {
      // The end of a connection instead of an answer is no mistake.
      if (type === 0x58) this.#over();
      else this.#refuse(serverErrors.notSasl(type));
      return undefined;
    }
    return this.#reader.next(false, largestAuth);
  }

  #badLength(): void {
    if (this.#stage === 'startup') this.#violation('startup packet of an invalid length', 'destroy');
    else this.#wrong();
  }

  #opening(body: Buffer): void {
    const packet = readStartupPacket(body);
    switch (packet.kind) {
      case 'ssl':
      case 'gss':
        this.#encryption(packet.kind);
        break;
      case 'cancel':
        this.#house.sessions.get(packet.processId)?.cancel(packet.secret);
        this.#over();
        break;
      case 'broken':
        this.#over();
        break;
      case 'error':
        this.#refuse(packet.error);
        break;
      case 'startup':
        this.#challenge(packet);
    }
  }

  #encryption(kind: 'ssl' | 'gss'): void {
    const { tls } = this.#house;
    if (this.#asked.has(kind) || this.#socket instanceof TLSSocket) {
      this.#refuse(serverErrors.unknownProtocol(1234, kind === 'ssl' ? 5679 : 5680));
      return;
    }
    this.#asked.add(kind);
    if (kind === 'gss' || tls === undefined) {
      this.#socket.write('N');
      return;
    }
    // Whatever was sent before the answer was not encrypted: CVE-2021-23214.
    if (this.#reader.held > 0) {
      this.#violation('unencrypted data after SSL request', 'destroy');
      return;
    }
    const plain = this.#socket;
    this.#deafen();
    plain.write('S');
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext: tls.context });
    plain.on('close', () => this.#socket.destroy());
    this.#deafen = this.#listen();
  }

  #challenge(startup: Startup): void {
    const house = this.#house;
    if (startup.negotiate !== undefined) this.#socket.write(negotiateProtocolVersion(startup.negotiate));
    if (house.sessions.size >= house.mostConnections) {
      this.#refuse(serverErrors.noConnectionsLeft());
      return;
    }
    house.sessions.set(this.#processId, undefined);
    this.#startup = startup;
    const { user } = startup;
    // Worked out before the proof comes, so that the answer to it takes the same time for everybody.
    const logins = this.#desk.loginsOf(user);
    const candidates = [
      { login: undefined, keys: house.mockKeys },
      ...logins.map((login) => ({ login, keys: house.keysOf(user, login.password) })),
    ];
    const hash = this.#socket instanceof TLSSocket ? house.tls?.certificateHash : undefined;
    this.#exchange = new SaslExchange(house.saltOf(user), () => candidates, hash);
    this.#stage = 'first';
    this.#socket.write(authentication.sasl(this.#exchange.mechanisms));
  }

  #authenticate({ body }: ClientMessage): void {
    const exchange = this.#exchange as SaslExchange<DecoyLogin | undefined>;
    const answer: SaslAnswer<DecoyLogin | undefined> =
      this.#stage === 'first' ? exchange.first(body) : exchange.last(body);
    if (answer.kind === 'continue') {
      this.#stage = 'last';
      this.#socket.write(authentication.saslContinue(answer.text));
    } else if (answer.kind === 'error') this.#refuse(answer.error);
    else if (answer.kind === 'done' && answer.login !== undefined) this.#admit(answer.login, answer.text);
    else this.#wrong();
  }

  #wrong(): void {
    const user = this.#startup?.user ?? '';
    this.#desk.refused({ user, method: 'scram-sha-256' });
    this.#refuse(serverErrors.wrongPassword(user));
  }

  #admit(login: DecoyLogin, signature: string): void {
    const startup = this.#startup as Startup;
    const house = this.#house;
    clearTimeout(this.#timer);
    this.#desk.admitted(login);
    this.#socket.write(Buffer.concat([authentication.saslFinal(signature), authentication.ok()]));
    const refusal = this.#whyNot(startup);
    if (refusal !== undefined) {
      this.#refuse(refusal);
      return;
    }
    this.#stage = 'open';
    this.#queries = new QuerySession({
      socket: this.#socket,
      desk: this.#desk,
      house,
      reader: this.#reader,
      startup,
      processId: this.#processId,
    });
    house.sessions.set(this.#processId, this.#queries);
    this.#queries.begin();
  }

  #whyNot(startup: Startup): ServerError | undefined {
    const replication = startup.settings.get('replication') ?? 'false';
    if (/^(true|on|yes|1)$/i.test(replication)) return serverErrors.noReplication();
    if (!databaseExists(this.#house.story, startup.database))
      return serverErrors.noSuchDatabase(startup.database);
    return this.#house.room.isFull ? serverErrors.noSlotsLeft() : undefined;
  }

  #violation(text: string, then: 'destroy'): void {
    this.#desk.acted({ kind: 'violation', text });
    if (then === 'destroy') this.#over();
  }

  #refuse(error: ServerError): void {
    this.#socket.write(errorResponse(error));
    this.#over();
  }

  #over(): void {
    this.#stage = 'over';
    clearTimeout(this.#timer);
    this.#socket.end();
    // Whoever does not close their half does not keep ours.
    setTimeout(() => this.#socket.destroy(), 2000).unref();
  }

  #closed(): void {
    this.#stage = 'over';
    clearTimeout(this.#timer);
    this.#queries?.close();
    this.#house.sessions.delete(this.#processId);
  }
}
