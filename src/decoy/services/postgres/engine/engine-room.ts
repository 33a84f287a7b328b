import type { Worker } from 'node:worker_threads';
import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import type { EngineReport, EngineTask } from './engine-messages.js';
import { startEngine } from './start-engine.js';

/** Who wants a database, and how it is to look to them. */
export type EngineWish = Omit<
  Extract<EngineTask, { kind: 'serve' }>,
  'kind' | 'cluster' | 'story' | 'version' | 'passedOn'
>;

export interface EngineListener {
  output(bytes: Uint8Array): void;
  /** Everything that was asked was answered. */
  answered(): void;
  /** It is no more, and not because it was closed. */
  broke(): void;
}

/** A database of one visitor. None of it throws. */
export interface Engine {
  /** Whole messages of the client. */
  ask(messages: Uint8Array): void;
  /** Output that reached the visitor's system, bytes. */
  passedOn(bytes: number): void;
  close(): void;
}

/** Holds the databases of visitors: at most so many at once, all from one cluster that is built once. */
export class EngineRoom {
  readonly #story: DecoyStory;
  readonly #version: string;
  readonly #most: number;
  #open = 0;
  #cluster: Promise<SharedArrayBuffer> | undefined;

  constructor(story: DecoyStory, version: string, most: number) {
    this.#story = story;
    this.#version = version;
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#open >= this.#most;
  }

  /** Takes seconds of a processor and much memory: never for somebody who has shown no login. */
  #prepare(): void {
    if (this.#cluster !== undefined) return;
    this.#cluster = this.#build();
    // Whoever needs it is told; the next one tries again.
    this.#cluster.catch(() => {
      this.#cluster = undefined;
    });
  }

  /** Opens one at once; what is asked of it waits until it is there. */
  open(wish: EngineWish, listener: EngineListener): Engine {
    this.#open += 1;
    const engine = new RoomEngine(listener, () => {
      this.#open -= 1;
    });
    this.#prepare();
    const { passedOn } = engine;
    void this.#cluster
      ?.then((cluster) => {
        if (engine.isClosed) return;
        const common = { kind: 'serve', cluster, story: this.#story, version: this.#version } as const;
        engine.run(startEngine({ ...common, ...wish, passedOn: passedOn.buffer as SharedArrayBuffer }));
      })
      .catch(() => engine.fail());
    return engine.face;
  }

  async #build(): Promise<SharedArrayBuffer> {
    const worker = startEngine({ kind: 'build', story: this.#story, version: this.#version });
    try {
      const packed = await new Promise<ArrayBuffer>((resolve, reject) => {
        worker.on('message', (report: EngineReport) => report.kind === 'built' && resolve(report.cluster));
        worker.on('error', reject);
        worker.on('exit', () => reject(new Error('it ended')));
        drain(worker);
      });
      // Every thread reads the same bytes.
      const shared = new SharedArrayBuffer(packed.byteLength);
      new Uint8Array(shared).set(new Uint8Array(packed));
      return shared;
    } finally {
      await worker.terminate();
    }
  }
}

class RoomEngine {
  readonly passedOn = new Int32Array(new SharedArrayBuffer(4));
  readonly #listener: EngineListener;
  readonly #ended: () => void;
  #worker: Worker | undefined;
  #isReady = false;
  #waiting: Uint8Array[] = [];
  isClosed = false;

  constructor(listener: EngineListener, ended: () => void) {
    this.#listener = listener;
    this.#ended = ended;
  }

  get face(): Engine {
    return {
      ask: (messages) => this.#ask(messages),
      passedOn: (bytes) => {
        Atomics.add(this.passedOn, 0, bytes);
        Atomics.notify(this.passedOn, 0);
      },
      close: () => this.#close(),
    };
  }

  run(worker: Worker): void {
    this.#worker = worker;
    drain(worker);
    worker.on('message', (report: EngineReport) => this.#heard(report));
    worker.on('error', () => this.fail());
    worker.on('exit', () => this.fail());
  }

  fail(): void {
    if (this.isClosed) return;
    this.#close();
    this.#listener.broke();
  }

  #heard(report: EngineReport): void {
    if (this.isClosed) return;
    if (report.kind === 'output') this.#listener.output(report.bytes);
    if (report.kind === 'answered') this.#listener.answered();
    if (report.kind === 'ready') {
      this.#isReady = true;
      for (const bytes of this.#waiting) this.#worker?.postMessage({ bytes });
      this.#waiting = [];
    }
  }

  #ask(bytes: Uint8Array): void {
    if (this.isClosed) return;
    if (this.#isReady) this.#worker?.postMessage({ bytes });
    else this.#waiting.push(bytes);
  }

  #close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#waiting = [];
    // Its place is free when its memory is.
    const end = this.#worker?.terminate() ?? Promise.resolve(0);
    void end.then(this.#ended, this.#ended);
  }
}

/** What it writes to its own output is of no interest, and must not fill a pipe. */
function drain(worker: Worker): void {
  worker.stdout.resume();
  worker.stderr.resume();
}
