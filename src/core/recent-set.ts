/** Remembers the latest of many texts, a bounded number of them. */
export class RecentSet {
  readonly #most: number;
  readonly #entries = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** True when it was not there. */
  add(entry: string): boolean {
    if (this.#entries.has(entry)) return false;
    this.#entries.add(entry);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.values().next().value as string);
    return true;
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }
}
