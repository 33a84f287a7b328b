/** What a key holds. */
export type Held =
  | { readonly kind: 'string'; text: string }
  | { readonly kind: 'hash'; readonly fields: Map<string, string> }
  | { readonly kind: 'list'; readonly items: string[] }
  | { readonly kind: 'set'; readonly members: Set<string> }
  | { readonly kind: 'zset'; readonly scores: Map<string, number> };

export type HeldKind = Held['kind'];

/** Bytes that one visitor may add; above it Redis is out of memory. */
const mostAdded = 16 * 1024 * 1024;

/** The keys of one visit: what the story has in them, and what the visitor does to them. */
export class Store {
  #databases: Map<string, Held>[];
  #expiries: Map<string, number>[];
  #added = 0;

  constructor(first: Map<string, Held>, expiries: Map<string, number>) {
    this.#databases = Array.from({ length: 16 }, (_, index) => (index === 0 ? first : new Map()));
    this.#expiries = Array.from({ length: 16 }, (_, index) => (index === 0 ? expiries : new Map()));
  }

  get(database: number, key: string): Held | undefined {
    const until = this.#expiry(database).get(key);
    if (until !== undefined && until <= Date.now()) this.delete(database, key);
    return this.#of(database).get(key);
  }

  set(database: number, key: string, held: Held): void {
    this.#of(database).set(key, held);
  }

  delete(database: number, key: string): boolean {
    this.#expiry(database).delete(key);
    return this.#of(database).delete(key);
  }

  /** Everything that has not expired. */
  keys(database: number): string[] {
    return [...this.#of(database).keys()].filter((key) => this.get(database, key) !== undefined);
  }

  /** ms since the epoch; undefined for ever. */
  expiryOf(database: number, key: string): number | undefined {
    return this.#expiry(database).get(key);
  }

  expire(database: number, key: string, at: number | undefined): void {
    if (at === undefined) this.#expiry(database).delete(key);
    else this.#expiry(database).set(key, at);
  }

  volatileKeys(database: number): number {
    return this.#expiry(database).size;
  }

  clear(database?: number): void {
    for (const index of this.#databases.keys()) {
      if (database !== undefined && index !== database) continue;
      this.#databases[index] = new Map();
      this.#expiries[index] = new Map();
    }
  }

  /** Whether so many bytes more fit; counts them. What is deleted is not given back: a visit is short. */
  takesMore(bytes: number): boolean {
    this.#added += bytes + 64;
    return this.#added <= mostAdded;
  }

  #of(database: number): Map<string, Held> {
    return this.#databases[database] as Map<string, Held>;
  }

  #expiry(database: number): Map<string, number> {
    return this.#expiries[database] as Map<string, number>;
  }
}
