import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Workspace } from './workspace.js';

export interface Round {
  readonly paths: readonly string[];
  /** Pause after each file, ms. */
  readonly pauseMs: number;
}

/** The one who touches: a process of its own, in a session of its own, that lives through the run. */
export class TrapReader {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(workspace: Workspace): Promise<TrapReader> {
    const child = fork(new URL('./trap-reader-child.ts', import.meta.url), { detached: true });
    workspace.defer(() => child.kill('SIGKILL'));
    await once(child, 'message');
    return new TrapReader(child);
  }

  /** Opens and reads each file once, one after the other; resolves after the last. */
  async read(round: Round): Promise<void> {
    const done = once(this.#child, 'message');
    this.#child.send(round);
    await done;
  }
}
