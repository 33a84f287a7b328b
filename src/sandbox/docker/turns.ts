/** Runs actions of one key one after the other, and actions of different keys side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `action` when every earlier action of `key` has ended, however it ended. */
  async take<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(action, action);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }

  /** When nothing runs or waits any more. Never rejects. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values());
  }

  /** Whether an action of `key` runs or waits. */
  busy(key: string): boolean {
    return this.#last.has(key);
  }
}
