import { join } from 'node:path';
import { idleKeys } from './idle-keys.js';
import { KeyFilling } from './key-filling.js';
import { freshKeys, type KeyPair, type KeyPool, type RsaBits } from './key-pool.js';
import { KeyStore } from './key-store.js';

export interface StoredKeysOptions {
  /** Absolute path of the state folder, which must be safe; the keys lie in `keys` below it. */
  readonly stateDir: string;
  /** How many RSA keys of each length lie ready. */
  readonly size: number;
  /** After each key it rests so many times as long as that took. */
  readonly rest?: number;
  /** So many keys are made side by side; one when absent. */
  readonly atOnce?: number;
  /** Told what went wrong, in one line; planting goes on without. */
  readonly tell: (message: string) => void;
}

// Nobody waits for them: with 0.3 to 0.8 s for a key the daemon stays below 1 % of a core, and 32 lie ready within
// an hour.
const usualRest = 150;

/** RSA keys come from a store of each length; others take a moment and are made when they are asked for. */
export class StoredKeys implements KeyPool {
  readonly #stores: Readonly<Record<RsaBits, KeyStore>>;
  readonly #filling: KeyFilling;

  constructor({ stateDir, rest = usualRest, atOnce = 1, ...options }: StoredKeysOptions) {
    const store = (bits: RsaBits) =>
      new KeyStore({
        ...options,
        folder: join(stateDir, 'keys', `${bits}`),
        bits,
        source: freshKeys,
        idleSource: idleKeys,
      });
    this.#stores = { 2048: store(2048), 3072: store(3072) };
    this.#filling = new KeyFilling({ stores: Object.values(this.#stores), rest, atOnce });
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
    this.#filling.fill();
  }

  /** Resolves when the filling that is under way, if any, has ended. */
  filled(): Promise<void> {
    return this.#filling.filled();
  }

  /** Ends the filling after the key that is being made. */
  close(): Promise<void> {
    return this.#filling.close();
  }
}
