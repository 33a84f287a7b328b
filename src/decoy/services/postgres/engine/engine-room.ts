import type { Worker } from 'node:worker_threads';
import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import type { EngineReport, EngineTask } from './engine-messages.js';
import { compileEngine, type EngineProgram } from './engine-program.js';
import { readKeptCluster, shared } from './kept-cluster.js';
import { startEngine } from './start-engine.js';

/** Who wants a database, and how it is to look to them. */
export type EngineWish = Omit<
  Extract<EngineTask, { kind: 'serve' }>,
  'kind' | 'cluster' | 'engine' | 'story' | 'version' | 'passedOn'
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

export interface EngineRoomOptions {
  readonly story: DecoyStory;
  /** `server_version`. */
  readonly version: string;
  /** Databases at once. */
  readonly most: number;
  /** File of a cluster that the daemon keeps; where there is none it is built when somebody logs in. */
  readonly keptCluster?: string;
}

/** What every database is made from. */
interface Stock {
  readonly cluster: SharedArrayBuffer;
  readonly engine: EngineProgram;
}

/** Holds the databases of visitors: at most so many at once, all from one cluster. */
export class EngineRoom {
  readonly #options: EngineRoomOptions;
  #open = 0;
  #stock: Promise<Stock> | undefined;

  constructor(options: EngineRoomOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#open >= this.#options.most;
  }

  /** Opens one at once; what is asked of it waits until it is there. */
  open(wish: EngineWish, listener: EngineListener): Engine {
    this.#open += 1;
    const engine = new RoomEngine(listener, () => {
      this.#open -= 1;
    });
    const { story, version } = this.#options;
    const { passedOn } = engine;
    void this.#prepare()
      .then((stock) => {
        if (engine.isClosed) return;
        const common = { kind: 'serve', ...stock, story, version } as const;
        engine.run(startEngine({ ...common, ...wish, passedOn: passedOn.buffer as SharedArrayBuffer }));
      })
      .catch(() => engine.fail());
    return engine.face;
  }

  /** Takes memory: never for somebody who has shown no login. */
  #prepare(): Promise<Stock> {
    if (this.#stock !== undefined) return this.#stock;
    const stock = Promise.all([this.#cluster(), compileEngine()]).then(([cluster, engine]) => ({
      cluster,
      engine,
    }));
    // Whoever needs it is told; the next one tries again.
    stock.catch(() => {
      this.#stock = undefined;
    });
    this.#stock = stock;
    return stock;
  }

  async #cluster(): Promise<SharedArrayBuffer> {
    const { story, version, keptCluster } = this.#options;
    const kept = keptCluster === undefined ? undefined : await readKeptCluster(keptCluster);
    if (kept !== undefined) return kept;
    const worker = startEngine({ kind: 'build', story, version });
    try {
      return await new Promise<SharedArrayBuffer>((resolve, reject) => {
        worker.on(
          'message',
          (report: EngineReport) => report.kind === 'built' && resolve(shared(Buffer.from(report.cluster))),
        );
        worker.on('error', reject);
        worker.on('exit', () => reject(new Error('it ended')));
        drain(worker);
      });
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
