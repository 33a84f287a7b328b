import type { Diagnostics } from '../core/ports/diagnostics.js';
import { type Sensor, SensorUnavailable } from '../core/ports/sensor.js';
import type { Trap } from '../core/trap.js';
import type { PlantingWatch } from '../factory/bringing.js';
import { LivePlanting } from './live-planting.js';

/** The traps that a sensor has to watch when it begins. */
export type FirstTraps = (sensor: Pick<Sensor, 'name'>) => Promise<readonly Trap[]>;

export interface FirstPlantingOptions {
  /** Arms the sensor that works here; up to `coming` files and folders are added later. */
  arm(firstTraps: FirstTraps, coming: number): Promise<Sensor>;
  /** New traps are in the registry, and about to appear. */
  appearing(): Promise<void>;
  /** Traps that the orchestrator knows, by id. */
  readonly traps: Map<string, Trap>;
  readonly diagnostics: Pick<Diagnostics, 'warn'>;
}

/**
 * Arms the sensor while the first planting of a run makes its traps: those that lie there are watched at once, and
 * new ones before they appear. inotify would tell what the planting itself does: it is armed afterwards.
 */
export class FirstPlanting implements PlantingWatch {
  readonly #options: FirstPlantingOptions;
  readonly #planted: Promise<readonly Trap[]>;
  readonly #armsLater: Promise<undefined>;
  #arming: Promise<Sensor> | undefined;
  #live: LivePlanting | undefined;
  #there: (traps: readonly Trap[]) => void = () => {};
  #failed: (error: Error) => void = () => {};
  #later: () => void = () => {};

  constructor(options: FirstPlantingOptions) {
    this.#options = options;
    this.#planted = new Promise((resolve, reject) => {
      this.#there = resolve;
      this.#failed = reject;
    });
    this.#planted.catch(() => {});
    this.#armsLater = new Promise((resolve) => {
      this.#later = () => resolve(undefined);
    });
  }

  /**
   * Plants; `plant` gives the traps that lie in their places. Gives the sensor, which sees a touch of each.
   * @throws SensorUnavailable, and what the planting throws; nothing is watched then
   */
  async run(plant: () => Promise<readonly Trap[]>): Promise<Sensor> {
    try {
      const there = await plant();
      this.#there(there);
      const sensor = await this.#arming;
      if (sensor === undefined) throw new Error('the planting ended before it looked at what is there');
      await this.#live?.end(there);
      return sensor;
    } catch (error) {
      this.#failed(error as Error);
      const sensor = await this.#arming?.catch(() => undefined);
      // What went wrong first is what the user is to know.
      await sensor?.disarm().catch(() => {});
      throw error;
    }
  }

  found(traps: readonly Trap[], coming: number): void {
    const firstTraps: FirstTraps = async ({ name }) => {
      if (name !== 'inotify') return traps;
      this.#later();
      return this.#planted;
    };
    this.#arming = this.#options.arm(firstTraps, coming);
    // Whoever waits for it is told.
    this.#arming.catch(() => {});
  }

  async placing(traps: readonly Trap[], nowAt: (trap: Trap) => string): Promise<void> {
    const { traps: known, diagnostics, appearing } = this.#options;
    for (const trap of traps) known.set(trap.id, trap);
    await appearing();
    const sensor = await Promise.race([this.#arming, this.#armsLater]);
    if (sensor === undefined) return;
    this.#live = new LivePlanting({ sensor, traps: known, diagnostics });
    await this.#live.placing(traps, nowAt).catch((error: Error) => {
      throw new SensorUnavailable(`${sensor.name}: ${error.message}`, { cause: error });
    });
  }

  async left(traps: readonly Trap[]): Promise<void> {
    await this.#live?.left(traps);
  }
}
