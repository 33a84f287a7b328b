import type {
  GuestChannel,
  GuestExit,
  GuestListener,
  GuestRequest,
  GuestTerminal,
} from '../../../core/decoy/guest.js';
import type { VisitDesk } from '../service.js';
import { Inbox } from './inbox.js';
import { messageNumber } from './message.js';
import { Outbox } from './outbox.js';
import { UploadWatch } from './upload-watch.js';
import type { Wire } from './wire.js';
import { AcceptedEnvironment, cells, terminalOf } from './wishes.js';

/** What a session needs from its connection. */
export interface SessionHouse {
  readonly user: string;
  readonly desk: VisitDesk;
  readonly wire: Wire;
  /** What is said before a login shell with a terminal. */
  greeting(): string;
  /** Both sides have closed it. */
  closed(): void;
  /** Something that is none of the protocol. */
  violated(text: string): void;
}

/** How the visitor opened it: `recipient` is its number there. */
export interface SessionOpening {
  readonly recipient: number;
  readonly window: number;
  readonly packetSize: number;
}

/** Names that RFC 4254 section 6.10 has; others get a suffix, as OpenSSH gives them. */
const knownSignals = /^(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2)$/;
/** What a terminal types for a signal. */
const typedFor: Readonly<Record<string, number>> = { INT: 0x03, QUIT: 0x1c };

/** One session of a visitor: a shell, a command or sftp, and the guest that runs it. */
export class SessionChannel implements GuestListener {
  /** The channel's number on the visitor's side. */
  readonly recipient: number;
  readonly #house: SessionHouse;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #environment = new AcceptedEnvironment();
  #uploads: UploadWatch | undefined;
  #terminal: GuestTerminal | undefined;
  #state: 'new' | 'running' | 'ended' | 'closed' = 'new';
  #guest: GuestChannel | undefined;
  #paused = false;
  #guestIsFull = false;
  #exit: GuestExit | undefined;
  #sentClose = false;
  #begin: (() => void) | undefined;
  #failing: NodeJS.Timeout | undefined;

  constructor(house: SessionHouse, opening: SessionOpening) {
    this.#house = house;
    this.recipient = opening.recipient;
    this.#outbox = new Outbox(house.wire, opening, {
      pause: (paused) => {
        this.#paused = paused;
        this.#guest?.pause(paused);
      },
      emptied: () => this.#finish(),
      overflowed: () => this.hangUp(),
    });
    this.#inbox = new Inbox(house.wire, opening.recipient, {
      take: (bytes) => {
        this.#uploads?.look(bytes);
        this.#guest?.input(bytes);
      },
      ended: () => this.#guest?.endInput(),
    });
  }

  /** What the visitor asks for on this channel; gives whether it is granted. `data` is as ssh2 parsed it. */
  // biome-ignore lint/suspicious/noExplicitAny: its form depends on `type`
  request(type: string, data: any): boolean {
    if (this.#state === 'closed') return false;
    switch (type) {
      case 'env':
        return this.#environment.accept(data.name, data.value);
      case 'pty-req':
        if (this.#state !== 'new' || this.#terminal) return false;
        this.#terminal = terminalOf(data.term, data.cols, data.rows);
        return true;
      case 'window-change':
        return this.#resize(data.cols, data.rows);
      case 'signal':
        return this.#signal(data);
      case 'shell':
        return this.#start({});
      case 'exec':
        return this.#execute(data);
      case 'subsystem':
        return this.#subsystem(data);
      case 'auth-agent-req@openssh.com':
        this.#house.desk.acted({ kind: 'forward', text: 'agent' });
        return false;
      case 'x11-req':
        this.#house.desk.acted({ kind: 'forward', text: 'x11' });
        return false;
      default:
        return false;
    }
  }

  /** The visitor has its answer: what was granted begins. */
  answered(): void {
    const begin = this.#begin;
    this.#begin = undefined;
    begin?.();
  }

  receive(bytes: Uint8Array): void {
    if (this.#state === 'running' && !this.#inbox.receive(bytes)) {
      this.#house.violated('more data than the window of the channel');
    }
  }

  widen(more: number): void {
    this.#outbox.widen(more);
  }

  endOfInput(): void {
    this.#inbox.end();
  }

  /** The visitor closed the channel. */
  closedByVisitor(): void {
    this.#sendClose();
    this.hangUp();
    this.#house.closed();
  }

  /** Nothing goes either way any more. */
  hangUp(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#failing);
    this.#outbox.close();
    this.#sendClose();
    if (!this.#exit) this.#guest?.hangUp();
  }

  output(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (this.#state === 'running') this.#outbox.put(bytes, stream === 'stderr' && !this.#terminal);
  }

  inputFull(full: boolean): void {
    this.#guestIsFull = full;
    if (this.#guest) this.#inbox.hold(full);
  }

  exited(exit: GuestExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    this.#finish();
  }

  #execute(command: string): boolean {
    // The account's shell gets it as a C string.
    const text = command.split('\0', 1)[0] ?? '';
    if (this.#state !== 'new') return false;
    this.#house.desk.acted({ kind: 'command', text });
    return this.#start({ command: text });
  }

  #subsystem(name: string): boolean {
    if (this.#state !== 'new') return false;
    this.#house.desk.acted({ kind: 'command', text: `subsystem ${name}` });
    if (name !== 'sftp') return false;
    this.#uploads = new UploadWatch((path) => this.#house.desk.acted({ kind: 'upload', text: path }));
    return this.#start({ subsystem: 'sftp' });
  }

  #start(what: Pick<GuestRequest, 'command' | 'subsystem'>): boolean {
    if (this.#state !== 'new') return false;
    this.#state = 'running';
    this.#inbox.open();
    this.#begin = () => this.#run(what);
    return true;
  }

  #run(what: Pick<GuestRequest, 'command' | 'subsystem'>): void {
    const isLoginShell = what.command === undefined && what.subsystem === undefined;
    if (isLoginShell && this.#terminal) this.output('stdout', Buffer.from(this.#house.greeting()));
    const terminal = this.#terminal;
    const environment = this.#environment.all;
    const request: GuestRequest = {
      user: this.#house.user,
      ...what,
      ...(terminal && { terminal }),
      ...(environment && { environment }),
    };
    this.#house.desk.guest(request, this).then(
      (guest) => this.#began(guest, terminal),
      () => this.#failSoon(),
    );
  }

  #began(guest: GuestChannel, terminal: GuestTerminal | undefined): void {
    if (this.#state === 'closed') {
      guest.hangUp();
      return;
    }
    this.#guest = guest;
    if (this.#paused) guest.pause(true);
    if (this.#terminal && this.#terminal !== terminal)
      guest.resize(this.#terminal.columns, this.#terminal.rows);
    this.#inbox.hold(this.#guestIsFull);
  }

  /** What sshd's child says when it cannot become the shell (`do_child` of session.c): the host has no room. */
  #failSoon(): void {
    this.#failing = setTimeout(
      () => {
        const text = `/bin/bash: Resource temporarily unavailable${this.#terminal ? '\r\n' : '\n'}`;
        this.output('stderr', Buffer.from(text));
        this.exited({ code: 1 });
      },
      500 + Math.random() * 1000,
    );
  }

  #resize(columns: unknown, rows: unknown): boolean {
    if (!this.#terminal) return false;
    this.#terminal = {
      type: this.#terminal.type,
      columns: cells(columns, this.#terminal.columns),
      rows: cells(rows, this.#terminal.rows),
    };
    this.#guest?.resize(this.#terminal.columns, this.#terminal.rows);
    return true;
  }

  #signal(name: unknown): boolean {
    if (this.#state !== 'running' || typeof name !== 'string' || !knownSignals.test(name)) return false;
    const typed = this.#terminal && typedFor[name];
    if (typed !== undefined) this.#guest?.input(Uint8Array.of(typed));
    else this.#guest?.hangUp();
    return true;
  }

  /** Once the guest has ended and all it said is sent: in OpenSSH's order, exit status, end of data, close. */
  #finish(): void {
    if (!this.#exit || this.#state !== 'running' || !this.#outbox.isEmpty) return;
    this.#state = 'ended';
    this.#outbox.close();
    const { code, signal } = this.#exit;
    const { wire } = this.#house;
    if (signal !== undefined) {
      const name = knownSignals.test(signal) ? signal : 'SIG@openssh.com';
      wire.send(messageNumber.channelRequest, this.recipient, 'exit-signal', false, name, false, '', '');
    } else {
      wire.send(messageNumber.channelRequest, this.recipient, 'exit-status', false, code ?? 255);
    }
    wire.send(messageNumber.channelEof, this.recipient);
    this.#sendClose();
  }

  #sendClose(): void {
    if (this.#sentClose) return;
    this.#sentClose = true;
    this.#house.wire.send(messageNumber.channelClose, this.recipient);
  }
}
