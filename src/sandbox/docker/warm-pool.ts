import type { ReadySandbox } from './sandbox-maker.js';

export interface WarmPoolOptions {
  readonly size: number;
  /** After which one is made anew, ms. */
  readonly keepMs: number;
  /** Makes one. */
  readonly make: () => Promise<ReadySandbox>;
  /** Removes one that is not wanted any more. */
  readonly remove: (id: string) => Promise<void>;
}

/** Sandboxes that stand ready before they are asked for. */
export class WarmPool {
  readonly #options: WarmPoolOptions;
  readonly #ready: ReadySandbox[] = [];
  #filling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WarmPoolOptions) {
    this.#options = options;
  }

  /** Identifiers of those that stand ready. */
  get ids(): readonly string[] {
    return this.#ready.map(({ id }) => id);
  }

  /** The oldest; undefined when none is ready. */
  take(): ReadySandbox | undefined {
    return this.#ready.shift();
  }

  /**
   * Makes as many as are missing, one after the other.
   * @throws SandboxUnavailable
   */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  /** Removes all and makes no more. Never throws. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#filling?.catch(() => {});
    for (let next = this.take(); next !== undefined; next = this.take()) await this.#drop(next);
  }

  async #fill(): Promise<void> {
    const { size, make } = this.#options;
    while (!this.#closed && this.#ready.length < size) {
      const made = await make();
      await made.staffed;
      if (this.#closed) await this.#drop(made);
      else this.#ready.push(made);
    }
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const oldest = this.#ready[0];
    if (oldest === undefined || this.#closed) return;
    const wait = Math.max(1000, oldest.madeAt + this.#options.keepMs - performance.now());
    this.#timer = setTimeout(() => void this.#renew(), wait);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    const old = this.#ready.filter(({ madeAt }) => performance.now() - madeAt >= this.#options.keepMs);
    for (const one of old) {
      const place = this.#ready.indexOf(one);
      if (place === -1) continue;
      this.#ready.splice(place, 1);
      await this.#drop(one);
    }
    // Whoever asks for one while the engine is away gets it made then.
    await this.fill().catch(() => {});
  }

  async #drop({ id }: ReadySandbox): Promise<void> {
    await this.#options.remove(id).catch(() => {});
  }
}
