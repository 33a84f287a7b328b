import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuestChannel, GuestExit, GuestListener } from '../../core/decoy/guest.js';
import { isInContainer } from './container-process.js';
import type { EngineExecs, StartedExec } from './engine-execs.js';
import { StreamFrames } from './stream-frames.js';

// Whoever goes on although input is full is no visitor of ours.
const mostWaitingInput = 1024 * 1024;
const lookMs = 1000;

export interface GuestProgramFacts {
  readonly execs: EngineExecs;
  readonly started: StartedExec;
  /** The engine's identifier of the container. */
  readonly containerId: string;
  readonly terminal: boolean;
  readonly listener: GuestListener;
}

/** A guest's program in a sandbox, with its bytes passed on both ways and never looked at. */
export class GuestProgram implements GuestChannel {
  readonly #facts: GuestProgramFacts;
  readonly #stream: Duplex;
  readonly #frames = new StreamFrames();
  #inputFull = false;
  #ended = false;
  #hungUp = false;
  #timer: NodeJS.Timeout;
  /** Resizes under way, one after the other. */
  #resizing: Promise<void> = Promise.resolve();
  #size: readonly [columns: number, rows: number] | undefined;

  constructor(facts: GuestProgramFacts) {
    this.#facts = facts;
    this.#stream = facts.started.stream;
    this.#stream.on('data', (bytes: Buffer) => this.#output(bytes));
    this.#stream.on('drain', () => this.#tellInput(false));
    this.#stream.on('error', () => {});
    this.#stream.on('end', () => void this.#finish());
    this.#stream.on('close', () => void this.#finish());
    // A program that ended while something in the background holds its output open does not end the stream.
    this.#timer = setInterval(() => void this.#look(), lookMs);
    this.#timer.unref();
  }

  input(bytes: Uint8Array): void {
    if (this.#ended || this.#stream.writableEnded || this.#stream.destroyed) return;
    if (this.#stream.writableLength > mostWaitingInput) this.hangUp();
    else if (!this.#stream.write(bytes)) this.#tellInput(true);
  }

  endInput(): void {
    // A terminal has no end of input (the engine would end its output too); sshd leaves it open as well.
    if (!this.#facts.terminal && this.#stream.writable) this.#stream.end();
  }

  resize(columns: number, rows: number): void {
    if (!this.#facts.terminal || this.#ended) return;
    const waits = this.#size !== undefined;
    this.#size = [columns, rows];
    if (!waits) this.#resizing = this.#resizing.then(() => this.#resize());
  }

  pause(paused: boolean): void {
    if (paused) this.#stream.pause();
    else this.#stream.resume();
  }

  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    void this.#end();
  }

  async #resize(): Promise<void> {
    const { execs, started } = this.#facts;
    const [columns, rows] = this.#size ?? [80, 24];
    // A later size from here on is another call; those that came meanwhile are this one.
    this.#size = undefined;
    await execs.resize(started.exec, columns, rows).catch(() => {});
  }

  #output(bytes: Buffer): void {
    const { terminal, listener } = this.#facts;
    if (this.#ended) return;
    if (terminal) listener.output('stdout', bytes);
    else this.#frames.push(bytes, (stream, part) => listener.output(stream, part));
  }

  #tellInput(full: boolean): void {
    if (full === this.#inputFull || this.#ended) return;
    this.#inputFull = full;
    this.#facts.listener.inputFull(full);
  }

  async #look(): Promise<void> {
    const { execs, started } = this.#facts;
    const state = await execs.state(started.exec).catch(() => undefined);
    if (this.#ended || state === undefined || state.running || this.#stream.isPaused()) return;
    // What it wrote last is on its way.
    await delay(lookMs);
    this.#stream.destroy();
  }

  /** The engine cannot end a program: its process group is signalled from here. */
  async #end(): Promise<void> {
    this.#stream.resume();
    if (this.#stream.writable) this.#stream.end();
    await this.#signal('SIGHUP');
    await delay(200);
    if (!this.#ended) await this.#signal('SIGKILL');
    await delay(lookMs);
    this.#stream.destroy();
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    const { execs, started, containerId } = this.#facts;
    const state = await execs.state(started.exec).catch(() => undefined);
    if (state === undefined || !state.running || state.pid <= 1) return;
    if (!(await isInContainer(state.pid, containerId))) return;
    for (const target of [-state.pid, state.pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  }

  async #finish(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    const exit = await this.#exit();
    this.#stream.destroy();
    this.#facts.listener.exited(exit);
  }

  async #exit(): Promise<GuestExit> {
    const { execs, started } = this.#facts;
    for (let tries = 0; tries < 20; tries += 1) {
      const state = await execs.state(started.exec).catch(() => undefined);
      if (state === undefined) break;
      if (!state.running && state.code !== undefined) return { code: state.code };
      if (this.#hungUp) await this.#signal('SIGKILL');
      await delay(50);
    }
    return { signal: 'HUP' };
  }
}
