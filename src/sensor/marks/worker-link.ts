import { closeSync, openSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { SensorUnavailable } from '../../core/ports/sensor.js';
import { printableText } from '../../core/printable.js';
import { closeOnExec } from './fanotify-abi.js';
import type { Libc } from './libc.js';
import type { MarkEvent } from './mark-event.js';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.js';
import { startWorker } from './start-worker.js';

export interface LinkListener {
  readonly onEvents: (events: readonly MarkEvent[]) => void;
  readonly onLost: (reason: string, over: boolean) => void;
}

/** Longest time in ms that a stopping thread has before it is terminated, and then before it is left alone. */
const patienceMs = 2000;
const one = Buffer.alloc(8);
one.writeBigUInt64LE(1n);

/** The daemon's end of the line to the thread that reads a group; owns the descriptors of both. */
export class WorkerLink {
  readonly #libc: Libc;
  readonly #settings: WorkerSettings;
  readonly #listener: LinkListener;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #removals = new Map<number, () => void>();
  readonly #wakeOnExit = () => this.send({ type: 'stop' });
  #lastRequest = 0;
  #over = false;
  #closing: Promise<void> | undefined;
  #broken: string | undefined;
  #ready: () => void = () => undefined;

  private constructor(libc: Libc, settings: WorkerSettings, listener: LinkListener) {
    this.#libc = libc;
    this.#settings = settings;
    this.#listener = listener;
    this.#worker = startWorker(settings);
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => {
      this.#broken ??= printableText(String((error as Error).message)).slice(0, 300);
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  /** @throws SensorUnavailable when the thread does not come up; the descriptors are the caller's then */
  static async start(libc: Libc, settings: WorkerSettings, listener: LinkListener): Promise<WorkerLink> {
    const link = new WorkerLink(libc, settings, listener);
    const ready = new Promise<boolean>((resolve) => {
      link.#ready = () => resolve(true);
    });
    const isReady = await Promise.race([ready, link.#exited.then(() => false)]);
    if (!isReady)
      throw new SensorUnavailable(`the thread for fanotify does not start: ${link.#broken ?? 'it ended'}`);
    // A process that forgets to close still ends; the sleeping thread must hear of it.
    link.#worker.unref();
    process.once('exit', link.#wakeOnExit);
    void link.#exited.then(() => link.#ended());
    return link;
  }

  /** Nothing comes any more. */
  get over(): boolean {
    return this.#over;
  }

  send(message: ToWorker): void {
    if (this.#over) return;
    this.#worker.postMessage(message);
    this.#libc.write(this.#settings.wake, one, one.length);
  }

  /** Resolves when the worker has told all events of before, and forgotten the id. */
  remove(id: number): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    this.send({ type: 'remove', id, request });
    return new Promise((resolve) => this.#removals.set(request, resolve));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#over) return;
    this.#worker.ref();
    this.send({ type: 'stop' });
    if (await this.#exitsInTime()) return this.#ended();
    void this.#worker.terminate();
    if (await this.#exitsInTime()) this.#ended();
    else this.#abandon();
  }

  async #exitsInTime(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), patienceMs);
    });
    try {
      return await Promise.race([this.#exited.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #hear(message: FromWorker): void {
    if (this.#over) return;
    if (message.type === 'events') this.#listener.onEvents(message.events);
    else if (message.type === 'removed') this.#settle(message.request);
    else if (message.type === 'overflowed')
      this.#listener.onLost('the kernel queue of fanotify overflowed', false);
    else if (message.type === 'broken') this.#broken ??= printableText(message.reason);
    else this.#ready();
  }

  #settle(request: number): void {
    this.#removals.get(request)?.();
    this.#removals.delete(request);
  }

  /** Closing the group lets go whom the kernel still holds (fanotify_release). */
  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.#closeDescriptors();
    this.#settleAll();
    if (this.#closing === undefined)
      this.#listener.onLost(`the thread for fanotify ended: ${this.#broken ?? 'without a reason'}`, true);
  }

  /**
   * A thread that hangs in the kernel ends when that lets it. Until then the numbers of its descriptors
   * become nobody else's, for it may still write to them; what it reads is closed.
   */
  #abandon(): void {
    if (this.#over) return;
    this.#over = true;
    const nothing = openSync('/dev/null', 'r+');
    this.#libc.dup3(nothing, this.#settings.group, closeOnExec);
    closeSync(nothing);
    this.#worker.unref();
    void this.#exited.then(() => this.#closeDescriptors());
    this.#settleAll();
  }

  #closeDescriptors(): void {
    process.removeListener('exit', this.#wakeOnExit);
    this.#libc.close(this.#settings.group);
    this.#libc.close(this.#settings.wake);
  }

  #settleAll(): void {
    for (const request of [...this.#removals.keys()]) this.#settle(request);
  }
}
