import type { Actor } from '../core/actor.js';
import type { ProcessInspector } from '../core/ports/process-inspector.js';
import { type FileIdentity, fileIdentity } from './file-identity.js';
import { newestFirst } from './newest-first.js';
import { openByInode, openByName } from './open-descriptors.js';
import type { ProcReader } from './proc-reader.js';

export interface OpenFileHoldersOptions {
  readonly reader: ProcReader;
  /** Names who was found while it is there. */
  readonly inspector: Pick<ProcessInspector, 'glance'>;
  /** The daemon itself, which is never a holder; this process when absent. */
  readonly ownPid?: number;
  /** Longest time of one search in ms, 100 when absent. */
  readonly budgetMs?: number;
}

/** For at most this long the search keeps the event loop from everything else. */
const sliceMs = 2;

interface Question {
  readonly file: FileIdentity;
  readonly answer: (pid: number | undefined) => void;
}

/**
 * Who has a file open right now. For sensors that see an access but not the process: the newest
 * holder is a guess, and a reader that has closed the file again is not found.
 */
export class OpenFileHolders {
  readonly #options: OpenFileHoldersOptions;
  #waiting: Question[] = [];
  #searching = false;

  constructor(options: OpenFileHoldersOptions) {
    this.#options = options;
  }

  /** The newest process that holds the file at a printable path, as a guess; never rejects. */
  async actorOf(path: string): Promise<Actor> {
    const file = await fileIdentity(path);
    const pid = file && (await this.#holder(file));
    const stat = pid && (await this.#options.reader.stat(pid));
    if (!pid || !stat) return { certainty: 'unknown', ancestors: [] };
    const { name, startedAtNs } = stat;
    const guess: Actor = { certainty: 'guess', process: { pid, name, startedAtNs }, ancestors: [] };
    return this.#options.inspector.glance(guess);
  }

  #holder(file: FileIdentity): Promise<number | undefined> {
    return new Promise((answer) => {
      this.#waiting.push({ file, answer });
      if (!this.#searching) void this.#searchAll();
    });
  }

  /** One search at a time answers all that was asked before it began: a burst costs no more. */
  async #searchAll(): Promise<void> {
    this.#searching = true;
    while (this.#waiting.length > 0) {
      const questions = this.#waiting;
      this.#waiting = [];
      const holders = await this.#search(questions.map((question) => question.file)).catch(() => undefined);
      for (const { file, answer } of questions) answer(holders?.get(file.path));
    }
    this.#searching = false;
  }

  async #search(files: readonly FileIdentity[]): Promise<Map<string, number>> {
    const { reader, ownPid = process.pid, budgetMs = 100 } = this.#options;
    const until = performance.now() + budgetMs;
    const pids = (await newestFirst(reader.root)).filter((pid) => pid !== ownPid);
    const holders = new Map<string, number>();
    for (const look of [openByName, openByInode]) {
      let sliceEnd = performance.now() + sliceMs;
      for (const pid of pids) {
        const wanted = files.filter((file) => !holders.has(file.path));
        if (wanted.length === 0 || performance.now() > until) return holders;
        for (const { path } of look(reader.root, pid, wanted)) holders.set(path, pid);
        if (performance.now() > sliceEnd) {
          await new Promise((resolve) => setImmediate(resolve));
          sliceEnd = performance.now() + sliceMs;
        }
      }
    }
    return holders;
  }
}
