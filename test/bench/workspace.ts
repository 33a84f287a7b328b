import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

type Undo = () => unknown;

/** What one item leaves on the host; all of it is undone, in reverse, also after a failure or Ctrl-C. */
export class Workspace {
  readonly root: string;
  readonly #undos: Undo[] = [];
  #closing: Promise<void> | undefined;

  private constructor(root: string) {
    this.root = root;
    // What runs on for a moment after an interruption may still write.
    this.defer(() => rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));
  }

  /** /tmp may be in memory, which has no fsync to wait for; /var/tmp is kept across boots (hier(7)). */
  static async open(): Promise<Workspace> {
    return new Workspace(await mkdtemp('/var/tmp/phantom-bench-'));
  }

  async folder(name: string): Promise<string> {
    const path = join(this.root, name);
    await mkdir(path, { mode: 0o755 });
    return path;
  }

  /** To be called before the thing is done, so that an interruption finds nothing left to undo. */
  defer(undo: Undo): void {
    if (this.#closing !== undefined) throw new Error('interrupted');
    this.#undos.push(undo);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const failures: unknown[] = [];
    for (const undo of this.#undos.reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
