import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Sensor } from '../core/ports/sensor.js';
import type { Trap } from '../core/trap.js';
import type { PlantingWatch } from '../factory/bringing.js';

export interface LivePlantingOptions {
  readonly sensor: Pick<Sensor, 'name' | 'add' | 'remove'>;
  /** Traps that the orchestrator knows, by id. */
  readonly traps: Map<string, Trap>;
  readonly diagnostics: Pick<Diagnostics, 'warn'>;
}

/**
 * Keeps an armed sensor in step with a planting: new traps are watched before they appear, old ones until then.
 * inotify does not say who looks at a file or moves it, and what the daemon does would be an incident: it looks
 * away as long as a planting lasts.
 */
export class LivePlanting implements PlantingWatch {
  readonly #options: LivePlantingOptions;
  readonly #looksAway: boolean;
  /** What the planting said it would bring out. */
  #coming: readonly Trap[] = [];

  constructor(options: LivePlantingOptions) {
    this.#options = options;
    this.#looksAway = options.sensor.name === 'inotify';
  }

  /** Before the planting looks at the traps that are watched. */
  async begin(watched: readonly Trap[]): Promise<void> {
    if (this.#looksAway) await this.#options.sensor.remove(watched);
  }

  async placing(traps: readonly Trap[], nowAt: (trap: Trap) => string): Promise<void> {
    this.#coming = traps;
    for (const trap of traps) this.#options.traps.set(trap.id, trap);
    if (!this.#looksAway) await this.#watch(traps, nowAt);
  }

  async left(traps: readonly Trap[]): Promise<void> {
    if (!this.#looksAway) await this.#options.sensor.remove(traps);
  }

  /** What the planting said would come, and came or did not. */
  get coming(): readonly Trap[] {
    return this.#coming;
  }

  /**
   * After the planting, with the traps that lie in their places. What did not come is watched no longer: its inode
   * may be anybody's file by now.
   */
  async end(there: readonly Trap[]): Promise<void> {
    const ids = new Set(there.map(({ id }) => id));
    const lost = this.#coming.filter(({ id }) => !ids.has(id));
    for (const { id } of lost) this.#options.traps.delete(id);
    if (this.#looksAway) await this.#watch(there);
    else if (lost.length > 0) await this.#options.sensor.remove(lost);
  }

  async #watch(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<void> {
    const { sensor, diagnostics } = this.#options;
    for (const { trap, reason } of await sensor.add(traps, nowAt))
      diagnostics.warn(`trap ${trap.path} is not watched: ${reason}`);
  }
}
