import { resolve } from 'node:path';
import type { TrapVault } from '../core/ports/trap-vault.js';
import type { AgeDays } from './ages.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { freshKeys, type KeyPool } from './key-pool.js';
import { kinds, type TrapKindName } from './kinds.js';
import type { Locale } from './locale.js';
import { type Placing, type PlantResult, plant } from './planter.js';
import { RegistryFile } from './registry.js';
import { SealedCopies } from './sealed-copies.js';
import { Templates } from './templates.js';
import { type UnplantResult, unplant } from './unplanter.js';

export interface TrapFactoryOptions {
  /** Absolute path of the folder the traps lie in. */
  readonly trapsDir: string;
  /** Absolute path of the folder for the registry and the sealed copies. */
  readonly stateDir: string;
  /** Folder with `traps/<kind>/` templates. */
  readonly resourcesDir: string;
  readonly kinds: readonly TrapKindName[];
  /** Language of people, company and documents. */
  readonly locale: Locale;
  /** Where the credentials in traps lead. */
  readonly decoy: DecoyAddresses;
  readonly ageDays: AgeDays;
  /** Where keys come from; each is made when it is needed unless given. */
  readonly keys?: KeyPool;
  readonly now?: () => Date;
}

/** Plants and removes traps, and remembers them. One process at a time may use a state folder. */
export class TrapFactory {
  /** What was planted, for whoever needs the content. */
  readonly vault: TrapVault;
  readonly #options: TrapFactoryOptions;
  readonly #registryFile: RegistryFile;
  readonly #sealed: SealedCopies;

  constructor(options: TrapFactoryOptions) {
    const stateDir = resolve(options.stateDir);
    this.#options = options;
    this.#registryFile = new RegistryFile(stateDir);
    this.#sealed = new SealedCopies(stateDir);
    this.vault = this.#sealed;
  }

  /**
   * Plants what is missing; see `plant`.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async plant(placing?: Placing): Promise<PlantResult> {
    const { trapsDir, resourcesDir, decoy, ageDays, locale, now } = this.#options;
    return plant({
      trapsDir: resolve(trapsDir),
      registryFile: this.#registryFile,
      sealed: this.#sealed,
      templates: new Templates(resourcesDir),
      kinds: this.#options.kinds.map((name) => kinds[name]),
      locale,
      decoy,
      keys: this.#options.keys ?? freshKeys,
      ageDays,
      now: now?.() ?? new Date(),
      ...(placing && { placing }),
    });
  }

  /**
   * Removes what was planted and is unchanged; see `unplant`.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async unplant(): Promise<UnplantResult> {
    return unplant(this.#registryFile, this.#sealed);
  }
}
