import { resolve } from 'node:path';
import type { DecoyLogin } from '../core/decoy/decoy-service.js';
import type { DecoyStory } from '../core/decoy/decoy-story.js';
import type { TrapVault } from '../core/ports/trap-vault.js';
import type { AgeDays } from './ages.js';
import type { PlantingWatch } from './bringing.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import { decoyLoginsOf, decoyStoryOf } from './decoy-story.js';
import { freshKeys, type KeyPool } from './key-pool.js';
import { kinds } from './kinds.js';
import { listTraps, type Preview, previewOf, type TrapState } from './listing.js';
import { type Locale, type Persona, personaFrom } from './persona.js';
import { type PlannedTraps, planTraps } from './plan-traps.js';
import { type Plan, type PlantOptions, type PlantResult, plant } from './planter.js';
import { newRegistry, type Registry, RegistryFile, type TrapEntry, toldIn } from './registry.js';
import { SealedCopies } from './sealed-copies.js';
import { yearOf } from './story-year.js';
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
  /** Language of people, company and documents; see `toldIn`. */
  readonly locale: Locale;
  /** One trap of each in the traps folder; what `wanted` says stands instead. */
  readonly kinds: readonly string[];
  /** What the manifest wants, read anew for each planting. @throws where it cannot be used */
  readonly wanted?: (kinds: readonly string[]) => Promise<readonly PlannedTraps[]>;
  /** Kinds beside those of this version. @throws where one cannot be used */
  readonly ownKinds?: () => Promise<readonly TrapKind[]>;
  /** Where the credentials in traps lead. */
  readonly decoy: DecoyAddresses;
  readonly ageDays: AgeDays;
  /** Where keys come from; each is made when it is needed unless given. */
  readonly keys?: KeyPool;
  readonly now?: () => Date;
}

/** What the decoy services are made from. */
export interface DecoyScene {
  readonly story: DecoyStory;
  readonly logins: readonly DecoyLogin[];
}

/** What a planting is to do beside planting what is missing. */
export interface PlantingWishes {
  readonly watch?: PlantingWatch | undefined;
  readonly rotates?: ((entry: TrapEntry) => boolean) | undefined;
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
   * Plants what is missing, and puts new traps in the place of those that `rotates` chooses; see `plant`.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async plant({ watch, rotates }: PlantingWishes = {}): Promise<PlantResult> {
    return this.#plant({ watch, rotates });
  }

  /** What is where: every trap that is not retired, with what became of it. */
  async list(): Promise<readonly TrapState[]> {
    return listTraps(await this.#registryFile.read());
  }

  /**
   * What the registry has of the traps that are not retired.
   * @throws RegistryCorrupt, PlantingFailed
   */
  async entries(): Promise<readonly TrapEntry[]> {
    const registry = await this.#registryFile.read();
    return (registry?.traps ?? []).filter(({ retiredAt }) => retiredAt === undefined);
  }

  /**
   * What the decoy is to show on a host of this name, and the logins that open it: those of traps that are
   * gone too. Undefined before the first planting.
   * @throws RegistryCorrupt, PlantingFailed
   */
  async decoy(hostname: string): Promise<DecoyScene | undefined> {
    const registry = await this.#registryFile.read();
    if (registry === undefined) return undefined;
    const logins = decoyLoginsOf(registry.traps);
    const persona = personaFrom(registry.seed, registry.locale);
    return { logins, story: decoyStoryOf(persona, logins, hostname) };
  }

  /** Every kind that can be planted, by name. */
  async kinds(): Promise<ReadonlyMap<string, TrapKind>> {
    const own = (await this.#options.ownKinds?.()) ?? [];
    return new Map<string, TrapKind>([
      ...Object.entries(kinds),
      ...own.map((kind) => [kind.name, kind] as const),
    ]);
  }

  /** Name, meaning and usual path of every kind; the path is that of this host's story. */
  async describeKinds(): Promise<{ name: string; summary: string; path: string }[]> {
    const { locale, ageDays } = this.#options;
    const known = await this.#registryFile.read().catch(() => undefined);
    const registry = known ?? { ...newRegistry(locale, this.#now()), seed: 0 };
    const persona = personaFrom(registry.seed, registry.locale);
    const year = yearOf(registry)(ageDays);
    return [...(await this.kinds()).values()]
      .map((kind) => ({ name: kind.name, summary: kind.summary, path: kind.relativePath(persona, year) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * What a planting would do; nothing is changed. Before the first planting there is no story yet: names that it
   * would choose are those of another then.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async preview(): Promise<Preview & { readonly isExample: boolean }> {
    const { locale } = this.#options;
    const now = this.#now();
    const known = await this.#registryFile.read();
    const registry = toldIn(known ?? newRegistry(locale, now), locale, now);
    const persona = personaFrom(registry.seed, registry.locale);
    const plan = await this.#plan(persona, registry, await this.kinds());
    return { ...(await previewOf(plan, registry)), isExample: known === undefined };
  }

  async #plant(wanted: Pick<PlantOptions, 'rotates' | 'watch'>): Promise<PlantResult> {
    const { trapsDir, resourcesDir, decoy, ageDays, locale } = this.#options;
    const known = await this.kinds();
    return plant({
      ...wanted,
      trapsDir: resolve(trapsDir),
      registryFile: this.#registryFile,
      sealed: this.#sealed,
      templates: new Templates(resourcesDir),
      plan: (persona, registry) => this.#plan(persona, registry, known),
      kindNamed: (name) => known.get(name),
      locale,
      decoy,
      keys: this.#options.keys ?? freshKeys,
      ageDays,
      now: this.#now(),
    });
  }

  async #plan(persona: Persona, registry: Registry, known: ReadonlyMap<string, TrapKind>): Promise<Plan> {
    const { trapsDir, ageDays, wanted } = this.#options;
    const traps =
      (await wanted?.([...known.keys()])) ??
      [...new Set(this.#options.kinds)].map((kind) => ({ kind, path: '' }));
    return planTraps(traps, { trapsDir: resolve(trapsDir), ageDays, kinds: known, persona, registry });
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  /**
   * Removes what was planted and is unchanged; see `unplant`.
   * @throws PlantingRefused, PlantingFailed, RegistryCorrupt
   */
  async unplant(): Promise<UnplantResult> {
    return unplant(this.#registryFile, this.#sealed, this.#now());
  }
}
