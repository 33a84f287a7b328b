import { readFileSync } from 'node:fs';
import type { Actor } from '../core/actor.js';
import type { ProcessInspector } from '../core/ports/process-inspector.js';
import type { ProcReader } from './proc-reader.js';

/** Searches at one time; whoever comes while so many run is left unnamed rather than waited for. */
const mostSearches = 64;

export interface ThreadActorsOptions {
  readonly reader: ProcReader;
  /** Completes who was found. */
  readonly inspector: Pick<ProcessInspector, 'complete'>;
}

/** Names the process of a thread that the kernel told of by number only. */
export class ThreadActors {
  readonly #options: ThreadActorsOptions;
  #searches = 0;

  constructor(options: ThreadActorsOptions) {
    this.#options = options;
  }

  /** The actor as /proc shows it now, undefined when the thread is gone; never rejects. */
  async actorOf(threadId: number): Promise<Actor | undefined> {
    if (this.#searches >= mostSearches) return undefined;
    this.#searches += 1;
    try {
      const pid = processOf(this.#options.reader.root, threadId);
      const stat = pid && (await this.#options.reader.stat(pid));
      if (!pid || !stat) return undefined;
      const { name, startedAtNs } = stat;
      const process = { pid, name, startedAtNs };
      return await this.#options.inspector.complete({
        certainty: 'kernel',
        process,
        threadId,
        ancestors: [],
      });
    } catch {
      return undefined;
    } finally {
      this.#searches -= 1;
    }
  }
}

/** Read at once: the thread may end any moment. `Tgid` of proc_pid_status(5). */
function processOf(root: string, threadId: number): number | undefined {
  try {
    const status = readFileSync(`${root}/${threadId}/status`, 'latin1');
    return Number(/^Tgid:\t(\d+)$/m.exec(status)?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
