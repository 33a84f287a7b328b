import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { VisitDesk } from '../service.js';
import type { Engine } from './engine/engine-room.js';
import type { MessageReader } from './message-reader.js';
import {
  backendKeyData,
  errorResponse,
  message,
  parameterStatus,
  readyForQuery,
  type ServerError,
  zeroEnded,
} from './messages.js';
import { inNewerWords } from './older-catalog.js';
import type { PostgresHouse } from './postgres-house.js';
import { QueryTalk, type TalkStep } from './query-talk.js';
import { serverErrors } from './server-errors.js';
import { reportedParameters, settingsStatements } from './session-parameters.js';
import type { Startup } from './startup-packet.js';
import { timeoutAfter, timeoutSetting } from './statement-timeout.js';

export interface QueryRoom {
  readonly socket: Socket;
  readonly desk: VisitDesk;
  readonly house: PostgresHouse;
  readonly reader: MessageReader;
  readonly startup: Startup;
  readonly processId: number;
}

/** One statement, ms; the first one waits for the database to be made as well. */
const statementTime = 45_000;
const firstStatementTime = 240_000;
/** Between statements, ms. */
const idleTime = 30 * 60_000;
/** Bytes of the client that wait while the database works. */
const mostWaiting = 256 * 1024;

/** The time after the login: between a client and its database. */
export class QuerySession {
  readonly #room: QueryRoom;
  readonly #talk = new QueryTalk();
  readonly #secret = randomInt(1, 2 ** 31);
  #engine: Engine | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #begun = false;
  /** What the database says until it has answered is not for the client. */
  #mute = false;
  #strip = false;
  #isOver = false;
  /** `statement_timeout`, ms: of now, and as the session began with it. */
  #timeout: number;
  /** Of the statements behind those that the database works on. */
  #nextTimeout: number;
  readonly #firstTimeout: number;

  constructor(room: QueryRoom) {
    this.#room = room;
    this.#firstTimeout = timeoutSetting(room.startup.settings.get('statement_timeout') ?? '0');
    this.#timeout = this.#firstTimeout;
    this.#nextTimeout = this.#firstTimeout;
  }

  /** The server greets at once; the database comes up meanwhile. */
  begin(): void {
    const { socket, house, startup, processId } = this.#room;
    const parameters = reportedParameters(startup, house.version);
    const greeting = [...parameters].map(([name, value]) => parameterStatus(name, value));
    socket.write(Buffer.concat([...greeting, backendKeyData(processId, this.#secret), readyForQuery('I')]));
    this.#open();
    this.#idle();
    this.read();
  }

  #open(): void {
    const { house, startup, processId, desk } = this.#room;
    this.#begun = false;
    this.#engine = house.room.open(
      {
        user: startup.user,
        database: startup.database,
        processId,
        client: desk.remote,
        server: desk.local,
        applicationName: startup.settings.get('application_name') ?? '',
      },
      {
        output: (bytes) => this.#output(bytes),
        answered: () => this.#answered(),
        broke: () => this.#fatal(serverErrors.stopped()),
      },
    );
    const statements = [
      ...settingsStatements(startup),
      ...(this.#timeout === this.#firstTimeout ? [] : [`SET statement_timeout = ${this.#timeout};`]),
    ];
    if (statements.length > 0) {
      this.#mute = true;
      this.#ask(message('Q', zeroEnded(statements.join(' '))));
    }
  }

  /** Takes what the client sent, as far as the database is ready for it. */
  read(): void {
    const { reader, socket } = this.#room;
    try {
      while (!this.#busy && !this.#isOver) {
        const got = reader.next(false);
        if (got === undefined) break;
        const whole = inNewerWords(got.type, got.whole);
        for (const step of this.#talk.step({ ...got, whole })) this.#do(step);
      }
    } catch {
      this.#fatal(serverErrors.unknownMessage(0));
    }
    if (this.#isOver) return;
    if (reader.held > mostWaiting && this.#busy) socket.pause();
    else socket.resume();
  }

  #do(step: TalkStep): void {
    const { desk, socket } = this.#room;
    switch (step.kind) {
      case 'query':
        desk.acted({ kind: 'query', text: step.text });
        if (endsItself(step.text)) this.#fatal(serverErrors.stopped());
        this.#nextTimeout = timeoutAfter(step.text, this.#nextTimeout, this.#firstTimeout);
        break;
      case 'ask':
        this.#strip = step.strip === true;
        this.#ask(step.bytes);
        break;
      case 'say':
        socket.write(step.bytes);
        break;
      case 'tooMuch':
        desk.acted({ kind: 'violation', text: `a message of ${step.size} bytes` });
        socket.write(Buffer.concat([errorResponse(serverErrors.outOfMemory(step.size)), readyForQuery('I')]));
        break;
      case 'unknown':
        desk.acted({ kind: 'violation', text: `a message of type ${step.type}` });
        this.#fatal(serverErrors.unknownMessage(step.type));
        break;
      case 'end':
        this.#end();
    }
  }

  #ask(bytes: Uint8Array): void {
    this.#busy = true;
    const most = this.#begun ? statementTime : firstStatementTime;
    this.#limit(most, () => this.#fatal(serverErrors.stopped()));
    // The database comes up first: that is no time of the statement.
    if (this.#timeout > 0 && this.#timeout < most && this.#begun)
      this.#limit(this.#timeout, () => this.#interrupt(serverErrors.timedOut()));
    this.#engine?.ask(bytes);
  }

  #output(bytes: Uint8Array): void {
    const engine = this.#engine;
    const said = this.#mute ? bytes.subarray(0, 0) : this.#stripped(bytes);
    if (said.length === 0) engine?.passedOn(bytes.length);
    else this.#room.socket.write(said, () => engine?.passedOn(bytes.length));
  }

  /** Without the CopyInResponse, which the client has already. */
  #stripped(bytes: Uint8Array): Uint8Array {
    const strip = this.#strip && bytes[0] === 0x47;
    this.#strip = false;
    return strip ? bytes.subarray(1 + Buffer.from(bytes).readInt32BE(1)) : bytes;
  }

  #answered(): void {
    this.#busy = false;
    this.#begun = true;
    this.#timeout = this.#nextTimeout;
    this.#mute = false;
    this.#strip = false;
    this.#idle();
    this.read();
  }

  #idle(): void {
    this.#limit(idleTime, () => this.#fatal(serverErrors.idleTooLong()));
  }

  #limit(time: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, time);
  }

  /** Somebody who knows the secret wants the statement ended. */
  cancel(secret: number): void {
    if (secret === this.#secret && !this.#mute) this.#interrupt(serverErrors.canceled());
  }

  /** Ends the statement: the database is made anew, as nothing else ends one. */
  #interrupt(error: ServerError): void {
    if (!this.#busy || this.#isOver) return;
    this.#engine?.close();
    this.#busy = false;
    this.#nextTimeout = this.#timeout;
    this.#idle();
    this.#room.socket.write(Buffer.concat([errorResponse(error), readyForQuery('I')]));
    this.#open();
    this.read();
  }

  hungUp(): void {
    this.#end();
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#engine?.close();
  }

  #fatal(error: ServerError): void {
    if (this.#isOver) return;
    this.#room.socket.write(errorResponse(error));
    this.#end();
  }

  #end(): void {
    this.close();
    const { socket } = this.#room;
    socket.resume();
    socket.end();
    setTimeout(() => socket.destroy(), 2000).unref();
  }
}

/** Asks the server to end this very session. */
function endsItself(text: string): boolean {
  return /\bpg_terminate_backend\s*\(\s*pg_backend_pid\s*\(\s*\)/i.test(text);
}
