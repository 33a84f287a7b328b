import { join } from 'node:path';
import { freshKeys, type KeyPair, type KeyPool, type RsaBits } from './key-pool.js';
import { KeyStore } from './key-store.js';

export interface StoredKeysOptions {
  /** Absolute path of the state folder, which must be safe; the keys lie in `keys` below it. */
  readonly stateDir: string;
  /** How many RSA keys of each length lie ready. */
  readonly size: number;
  /** After each key it rests so many times as long as that took. */
  readonly rest?: number;
  /** Told what went wrong, in one line; planting goes on without. */
  readonly tell: (message: string) => void;
}

// Nobody waits for them, and others have work to do.
const usualRest = 8;

/** RSA keys come from a store of each length; others take a moment and are made when they are asked for. */
export class StoredKeys implements KeyPool {
  readonly #stores: Readonly<Record<RsaBits, KeyStore>>;

  constructor({ stateDir, rest = usualRest, ...options }: StoredKeysOptions) {
    const store = (bits: RsaBits) =>
      new KeyStore({ ...options, rest, folder: join(stateDir, 'keys', `${bits}`), bits, source: freshKeys });
    this.#stores = { 2048: store(2048), 3072: store(3072) };
  }

  rsa(bits: RsaBits = 3072): Promise<KeyPair> {
    return this.#stores[bits].key();
  }

  ed25519(): Promise<KeyPair> {
    return freshKeys.ed25519();
  }

  elliptic(): Promise<KeyPair> {
    return freshKeys.elliptic();
  }

  /** Makes keys in the background until enough lie ready. */
  fill(): void {
    for (const store of Object.values(this.#stores)) store.fill();
  }

  /** Resolves when the filling that is under way, if any, has ended. */
  async filled(): Promise<void> {
    for (const store of Object.values(this.#stores)) await store.filled();
  }

  /** Ends the filling after the keys that are being made. */
  async close(): Promise<void> {
    for (const store of Object.values(this.#stores)) await store.close();
  }
}
