import { join, resolve } from 'node:path';
import type { TrapVault } from '../core/ports/trap-vault.js';
import type { AgeDays } from './ages.js';
import type { PlantingWatch } from './bring-out.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { freshKeys } from './key-pool.js';
import { kinds, type TrapKindName } from './kinds.js';
import type { Persona } from './persona.js';
import { type Plan, type PlantOptions, type PlantResult, plant } from './planter.js';
import { RegistryFile, type TrapEntry } from './registry.js';
import { SealedCopies } from './sealed-copies.js';
import { Templates } from './templates.js';
import type { TrapKind } from './trap-kind.js';
import { type UnplantResult, unplant } from './unplanter.js';

export interface TrapFactoryOptions {
  /** Absolute path of the folder the traps lie in. */
  readonly trapsDir: string;
  /** Absolute path of the folder for the registry and the sealed copies. */
  readonly stateDir: string;
  /** Folder with `traps/<kind>/` templates. */
  readonly resourcesDir: string;
  readonly kinds: readonly TrapKindName[];
  /** Where the credentials in traps lead. */
  readonly decoy: DecoyAddresses;
  readonly ageDays: AgeDays;
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
  async plant(watch?: PlantingWatch): Promise<PlantResult> {
    return this.#plant({ watch });
  }

  /**
   * Puts new traps in the place of those that are chosen, with other content and other secrets, and plants
   * what is missing.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async rotate(rotates: (entry: TrapEntry) => boolean, watch?: PlantingWatch): Promise<PlantResult> {
    return this.#plant({ rotates, watch });
  }

  #plant(wanted: Pick<PlantOptions, 'rotates' | 'watch'>): Promise<PlantResult> {
    const { trapsDir, resourcesDir, decoy, ageDays, now } = this.#options;
    return plant({
      ...wanted,
      trapsDir: resolve(trapsDir),
      registryFile: this.#registryFile,
      sealed: this.#sealed,
      templates: new Templates(resourcesDir),
      plan: async (persona) => this.#plan(persona),
      kindNamed: (name) => (kinds as Readonly<Record<string, TrapKind>>)[name],
      decoy,
      keys: freshKeys,
      ageDays,
      now: now?.() ?? new Date(),
    });
  }

  #plan(persona: Persona): Plan {
    const { trapsDir, ageDays } = this.#options;
    const targets = [...new Set(this.#options.kinds)].map((name) => {
      const kind: TrapKind = kinds[name];
      const path = join(resolve(trapsDir), kind.relativePath(persona));
      return { kind, path, isOpen: false, ageDays, wishes: {} };
    });
    return { targets, leftOut: [] };
  }

  /**
   * Removes what was planted and is unchanged; see `unplant`.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async unplant(): Promise<UnplantResult> {
    return unplant(this.#registryFile, this.#sealed);
  }
}
