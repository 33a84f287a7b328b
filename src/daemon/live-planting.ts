import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Sensor } from '../core/ports/sensor.js';
import type { Trap } from '../core/trap.js';
import type { PlantingWatch } from '../factory/bring-out.js';

export interface LivePlantingOptions {
  readonly sensor: Pick<Sensor, 'name' | 'add' | 'remove'>;
  /** Traps that the orchestrator knows, by id. */
  readonly traps: Map<string, Trap>;
  readonly diagnostics: Pick<Diagnostics, 'warn'>;
}

/** Keeps an armed sensor in step with a planting: new traps are watched before they appear, old ones until then. */
export class LivePlanting implements PlantingWatch {
  readonly #options: LivePlantingOptions;
  /** What the planting said it would bring out. */
  #coming: readonly Trap[] = [];

  constructor(options: LivePlantingOptions) {
    this.#options = options;
  }

  async placing(
    traps: readonly Trap[],
    nowAt: (trap: Trap) => string,
    leaving: readonly Trap[],
  ): Promise<void> {
    const { sensor, traps: known } = this.#options;
    this.#coming = traps;
    for (const trap of traps) known.set(trap.id, trap);
    // inotify watches names, and does not say who moved a file: what the daemon does would be an incident.
    if (sensor.name === 'inotify') await sensor.remove(leaving);
    else await this.#watch(traps, nowAt);
  }

  async left(traps: readonly Trap[]): Promise<void> {
    const { sensor } = this.#options;
    if (sensor.name === 'inotify') await this.#watch(this.#coming);
    else await sensor.remove(traps);
  }

  /**
   * Watches no longer what did not come: its inode may be anybody's file by now. Returns what came.
   */
  async settle(isThere: (id: string) => boolean): Promise<readonly Trap[]> {
    const { sensor, traps: known } = this.#options;
    const lost = this.#coming.filter(({ id }) => !isThere(id));
    if (lost.length > 0) await sensor.remove(lost);
    for (const { id } of lost) known.delete(id);
    return this.#coming.filter(({ id }) => isThere(id));
  }

  async #watch(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<void> {
    const { sensor, diagnostics } = this.#options;
    for (const { trap, reason } of await sensor.add(traps, nowAt))
      diagnostics.warn(`trap ${trap.path} is not watched: ${reason}`);
  }
}
