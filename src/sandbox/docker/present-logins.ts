import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { presentLogins } from '../look/log-files.js';
import type { LoginRecord } from '../look/login-records.js';

const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

export interface PresentLoginsOptions {
  /** When the host started, and its kernel's release. */
  readonly facts: () => Promise<{ readonly booted: Date; readonly kernel: { readonly release: string } }>;
  /** `/proc/PID/root` of the container; undefined when it does not run any more. */
  readonly root: () => Promise<string | undefined>;
}

/** Who sits at which terminal of a sandbox, where `who` and `w` inside look for it. */
export class PresentLogins {
  readonly #options: PresentLoginsOptions;
  readonly #seats = new Map<number, LoginRecord | undefined>();
  #content: Buffer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: PresentLoginsOptions) {
    this.#options = options;
  }

  /** What was written last, so that it is not taken for a guest's. */
  get content(): Buffer | undefined {
    return this.#content;
  }

  /** Number of a terminal that is free, taken from now on: the lowest, as the kernel gives it. */
  sit(): number {
    let seat = 0;
    while (this.#seats.has(seat)) seat += 1;
    this.#seats.set(seat, undefined);
    return seat;
  }

  /** Never rejects: without it they are inside all the same. */
  enter(seat: number, login: Pick<LoginRecord, 'user' | 'host' | 'pid'>): Promise<void> {
    // Whoever left meanwhile is not there.
    if (!this.#seats.has(seat)) return Promise.resolve();
    this.#seats.set(seat, { ...login, type: 'user', line: `pts/${seat}`, at: new Date() });
    return this.#write();
  }

  /** Never rejects. */
  leave(seat: number): Promise<void> {
    const wasShown = this.#seats.get(seat) !== undefined;
    this.#seats.delete(seat);
    return wasShown ? this.#write() : Promise.resolve();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow()).catch(() => {});
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    const root = await this.#options.root();
    if (root === undefined) return;
    const { booted, kernel } = await this.#options.facts();
    const logins = [...this.#seats.values()].filter((login) => login !== undefined);
    const { content = Buffer.alloc(0) } = presentLogins({ booted, kernel: kernel.release }, logins);
    // Root inside may put anything in its place; /run itself is a mount and cannot be swapped.
    const file = await open(`${root}/run/utmp`, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return;
      this.#content = content;
      await file.truncate(0);
      await file.write(content, 0, content.length, 0);
    } finally {
      await file.close();
    }
  }
}
