import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { parseEvents, type RawEvent } from './event-buffer.js';
import { event } from './fanotify-abi.js';
import type { Libc } from './libc.js';
import type { MarkEvent } from './mark-event.js';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.js';
import { NotifyGroup } from './notify-group.js';
import { PermissionGroup } from './permission-group.js';

/** A permission event costs a descriptor when it is read: not too many at once. */
const bufferBytes = { notify: 256 * 1024, permission: 64 * 24 } as const;
const pollIn = 1;
/** Longest sleep in ms: by then a thread that is to be terminated notices it. */
const longestSleepMs = 1000;

/** Reads one group until it is told to stop; it sleeps in poll(2), never in an event loop. */
export class WorkerLoop {
  readonly #libc: Libc;
  readonly #port: MessagePort;
  readonly #settings: WorkerSettings;
  readonly #notify: NotifyGroup | undefined;
  readonly #permission: PermissionGroup | undefined;
  readonly #buffer: Buffer;
  readonly #descriptors = Buffer.alloc(16);
  readonly #removals: { id: number; request: number }[] = [];
  #stopping = false;

  constructor(libc: Libc, port: MessagePort, settings: WorkerSettings) {
    this.#libc = libc;
    this.#port = port;
    this.#settings = settings;
    if (settings.mode === 'notify') this.#notify = new NotifyGroup(libc, settings);
    else this.#permission = new PermissionGroup(libc, settings);
    this.#buffer = Buffer.alloc(bufferBytes[settings.mode]);
    this.#descriptors.writeInt32LE(settings.group, 0);
    this.#descriptors.writeInt16LE(pollIn, 4);
    this.#descriptors.writeInt32LE(settings.wake, 8);
    this.#descriptors.writeInt16LE(pollIn, 12);
  }

  run(): void {
    this.#tell({ type: 'ready' });
    while (!this.#stopping) {
      this.#sleep();
      this.#hear();
      this.#readAll();
      this.#tellEvents(this.#permission?.due() ?? []);
      this.#remove();
    }
    this.#tellEvents(this.#permission?.end() ?? []);
  }

  #sleep(): void {
    const dueMs = Math.ceil(this.#permission?.dueInMs() ?? longestSleepMs);
    const woken = this.#libc.poll(this.#descriptors, 2, Math.min(dueMs, longestSleepMs));
    if (woken < 0 && this.#libc.error() !== 'EINTR') throw new Error(`poll: ${this.#libc.error()}`);
    const called = woken > 0 && this.#descriptors.readInt16LE(14) !== 0;
    if (called) this.#libc.read(this.#settings.wake, Buffer.alloc(8), 8);
    const { settleMs } = this.#settings;
    // Whoever looks into the group's queue when its thread leaves the kernel needs the events to be
    // there still: those too that came just before a message for us.
    if (this.#notify !== undefined && settleMs > 0 && woken > 0)
      this.#libc.poll(this.#descriptors, 0, settleMs);
  }

  /** What was marked before an event came is known before the event is read. */
  #hear(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ToWorker } | undefined;
      if (received === undefined) return;
      const { message } = received;
      if (message.type === 'add') (this.#notify ?? this.#permission)?.add(message.inode);
      else if (message.type === 'remove') this.#removals.push(message);
      else if (message.type === 'answer') this.#permission?.answer(message.held, message.verdict);
      else if (message.type === 'exempt') this.#permission?.containment?.exempt(message.programs);
      else if (message.type === 'spare')
        this.#permission?.containment?.spare(message.processId, message.startedAtNs);
      else this.#stopping = true;
    }
  }

  #readAll(): void {
    for (;;) {
      const size = this.#read();
      if (size === 0) return;
      this.#hear();
      const { events, malformed } = parseEvents(this.#buffer.subarray(0, size));
      this.#take(events);
      if (malformed) throw new Error('the kernel writes events of another layout');
      // What comes from now on is left to settle first.
      if (this.#notify !== undefined && size < this.#buffer.length / 2) return;
      // While a flood lasts, whoever was held before it must not wait for its end.
      this.#tellEvents(this.#permission?.due() ?? []);
    }
  }

  /** Bytes of events in the buffer, 0 when none wait. */
  #read(): number {
    for (;;) {
      const size = this.#libc.read(this.#settings.group, this.#buffer, this.#buffer.length);
      if (size >= 0) return size;
      const error = this.#libc.error();
      if (error === 'EAGAIN') return 0;
      if (error !== 'EINTR') throw new Error(`events cannot be read: ${error}`);
    }
  }

  #take(events: readonly RawEvent[]): void {
    if (events.some(({ mask }) => (mask & event.overflow) !== 0)) this.#tell({ type: 'overflowed' });
    this.#tellEvents((this.#notify ?? this.#permission)?.take(events) ?? []);
  }

  /** After all events that were there: what was seen before a removal is still told. */
  #remove(): void {
    for (const { id, request } of this.#removals.splice(0)) {
      (this.#notify ?? this.#permission)?.remove(id);
      this.#tell({ type: 'removed', request });
    }
  }

  #tellEvents(events: readonly MarkEvent[]): void {
    if (events.length > 0) this.#tell({ type: 'events', events });
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}
