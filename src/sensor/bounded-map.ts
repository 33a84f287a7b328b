/** A map that forgets what was set longest ago when it has too many; without a key it knows nothing. */
export class BoundedMap<Key, Value> {
  readonly #most: number;
  readonly #values = new Map<Key, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key | undefined): Value | undefined {
    return key === undefined ? undefined : this.#values.get(key);
  }

  set(key: Key | undefined, value: Value): void {
    if (key === undefined) return;
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value as Key);
  }
}
