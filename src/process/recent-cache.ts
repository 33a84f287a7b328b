export interface RecentCacheOptions {
  readonly maxEntries: number;
  /** Age in ms at which an entry is asked for again. */
  readonly maxAgeMs: number;
  /** A clock that never goes back, in ms. */
  readonly nowMs: () => number;
}

/** Keeps the answers of a moment, be they promises still on their way; the least recently used go first. */
export class RecentCache<Value> {
  readonly #options: RecentCacheOptions;
  readonly #entries = new Map<string, { value: Value; since: number }>();

  constructor(options: RecentCacheOptions) {
    this.#options = options;
  }

  /** The answer to `key`, asked for with `ask` when there is no recent one. */
  get(key: string, ask: () => Value): Value {
    const now = this.#options.nowMs();
    const known = this.#entries.get(key);
    const entry =
      known !== undefined && now - known.since < this.#options.maxAgeMs
        ? known
        : { value: ask(), since: now };
    // A Map keeps the order of insertion: what was used last moves to the end.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#options.maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return entry.value;
  }

  get size(): number {
    return this.#entries.size;
  }
}
