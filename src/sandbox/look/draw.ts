import { createHash } from 'node:crypto';

/** Details drawn from a seed: the same seed and topic give the same details on every host. */
export class Draw {
  readonly #topic: string;
  #taken = 0;

  constructor(seed: number, topic: string) {
    this.#topic = `${seed}/${topic}`;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least + (this.bytes(6).readUIntBE(0, 6) % (most - least + 1));
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.int(0, items.length - 1)] ?? items[0];
  }

  /** So many of the items, in an order of its own. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    return items
      .map((item) => ({ item, rank: this.int(0, 2 ** 32) }))
      .sort((one, other) => one.rank - other.rank)
      .slice(0, count)
      .map(({ item }) => item);
  }

  /** At most 64 bytes. */
  bytes(count: number): Buffer {
    this.#taken += 1;
    return createHash('sha512').update(`${this.#topic}/${this.#taken}`).digest().subarray(0, count);
  }
}
