import type { Config } from '../config/schema.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Sensor } from '../core/ports/sensor.js';
import type { Trap } from '../core/trap.js';
import { armSensor } from './arm-sensor.js';
import { compose, type Parts } from './compose.js';
import { isPlantingError, NoTraps, NotRoot } from './failure.js';
import { InstanceLock } from './instance-lock.js';
import { packageVersion } from './package-files.js';

/** One running phantomd, from lock to lock. */
export class Daemon {
  readonly #diagnostics: Diagnostics;
  readonly #parts: Parts;
  readonly #sensor: Sensor;
  readonly #lock: InstanceLock;

  private constructor(diagnostics: Diagnostics, parts: Parts, sensor: Sensor, lock: InstanceLock) {
    this.#diagnostics = diagnostics;
    this.#parts = parts;
    this.#sensor = sensor;
    this.#lock = lock;
  }

  /**
   * Plants, arms and returns when the first touch would be seen.
   * @throws NotRoot, AlreadyRunning, AuditUnwritable, NoTraps, SensorUnavailable
   */
  static async start(config: Config, diagnostics: Diagnostics): Promise<Daemon> {
    if (process.geteuid?.() !== 0) throw new NotRoot('phantomd must run as root');
    const lock = await InstanceLock.take(config.paths.state_dir);
    const parts = compose(config, diagnostics);
    try {
      await parts.audit.open();
      const traps = await plant(parts, diagnostics);
      // Docker may take long, and the sensor's start waits for bpftrace anyway.
      void parts.sandboxes?.cleanUp();
      const sensor = await armSensor({
        ...parts,
        candidates: parts.sensors,
        traps,
        chosen: ({ name }) => {
          parts.ecs.sensor = name;
        },
        touched: (touch) => parts.orchestrator.touched(touch),
      });
      await parts.record({
        action: 'daemon-started',
        atNs: parts.clock.nowNs(),
        message: `phantomd ${packageVersion()} watches ${traps.length} traps with ${sensor.name}`,
        outcome: 'success',
        sensor: { name: sensor.name },
      });
      return new Daemon(diagnostics, parts, sensor, lock);
    } catch (error) {
      await parts.audit.close();
      await lock.release();
      throw error;
    }
  }

  /** What it watches with, for a person. */
  get summary(): string {
    return `${this.#parts.traps.size} traps watched with ${this.#sensor.name}`;
  }

  /** The audit log was rotated: open it anew. Never throws. */
  async reopenAuditLog(): Promise<void> {
    try {
      await this.#parts.audit.reopen();
      this.#diagnostics.info('audit log reopened');
    } catch (error) {
      this.#diagnostics.error((error as Error).message);
    }
  }

  /** Ends in order: no new touch, nothing unrecorded, no container, no child process left. */
  async stop(reason: string): Promise<void> {
    const { sandboxes, orchestrator, audit, record, clock } = this.#parts;
    await this.#sensor.disarm();
    await orchestrator.stop();
    await sandboxes?.stop();
    const message = `phantomd stops: ${reason}`;
    await record({ action: 'daemon-stopped', atNs: clock.nowNs(), message, reason });
    await audit.close();
    await this.#lock.release();
  }
}

async function plant({ factory, record, clock, traps }: Parts, diagnostics: Diagnostics): Promise<Trap[]> {
  const { planted, kept, skipped } = await factory.plant().catch((error: unknown) => {
    if (!isPlantingError(error)) throw error;
    throw new NoTraps(`no trap could be planted: ${error.message}`, { cause: error });
  });
  const atNs = clock.nowNs();
  for (const { path, reason } of skipped) {
    const message = `trap ${path} was left out: ${reason}`;
    diagnostics.warn(message);
    await record({ action: 'trap-skipped', atNs, message, outcome: 'failure', reason, path });
  }
  for (const trap of planted)
    await record({ action: 'trap-planted', atNs, message: `trap ${trap.path} was planted`, trap });
  const all = [...kept, ...planted];
  if (all.length === 0)
    throw new NoTraps(`no trap could be planted: ${skipped[0]?.reason ?? 'none is configured'}`);
  for (const trap of all) traps.set(trap.id, trap);
  return all;
}
