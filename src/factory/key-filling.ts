import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyStore } from './key-store.js';

export interface KeyFillingOptions {
  readonly stores: readonly KeyStore[];
  /** After each key it rests so many times as long as that took. */
  readonly rest: number;
  /** So many keys are made side by side. */
  readonly atOnce: number;
}

/** Fills stores of keys in the background, in turns, so that all of them together take no more than one. */
export class KeyFilling {
  readonly #options: KeyFillingOptions;
  readonly #stop = new AbortController();
  #filling: Promise<void> | undefined;

  constructor(options: KeyFillingOptions) {
    this.#options = options;
  }

  /** Makes keys until enough lie ready; what is taken meanwhile is made anew. */
  fill(): void {
    const { stores, atOnce } = this.#options;
    this.#filling ??= Promise.all(Array.from({ length: atOnce }, () => this.#fill([...stores])))
      .then(() => undefined)
      .finally(() => {
        this.#filling = undefined;
      });
  }

  /** Resolves when the filling that is under way, if any, has ended. */
  async filled(): Promise<void> {
    await this.#filling;
  }

  /** Ends the filling after the keys that are being made. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#filling;
  }

  async #fill(lacking: KeyStore[]): Promise<void> {
    while (lacking.length > 0 && !this.#stop.signal.aborted) {
      const store = lacking.shift() as KeyStore;
      const started = performance.now();
      if (!(await store.add())) continue;
      lacking.push(store);
      await this.#restAfter(performance.now() - started);
    }
  }

  /** Keeps no process alive that has nothing else to do. */
  async #restAfter(tookMs: number): Promise<void> {
    const { rest } = this.#options;
    if (rest === 0) return;
    const options = { signal: this.#stop.signal, ref: false };
    await sleep(rest * tookMs, undefined, options).catch(() => undefined);
  }
}
