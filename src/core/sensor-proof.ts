import type { AuditEvent } from './audit-event.js';
import type { Clock } from './ports/clock.js';
import type { Sensor } from './ports/sensor.js';
import type { Toucher } from './ports/toucher.js';
import type { Recorder } from './record.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

/** Its touches may come after it ended. */
const lingerMs = 30_000;

export interface SensorProofOptions {
  /** Time between two proofs in ms. */
  readonly intervalMs: number;
  /** Longest time in ms until the touch must have come. */
  readonly patienceMs: number;
  readonly daemonPid: number;
  readonly toucher: Toucher;
  readonly record: Recorder;
  readonly clock: Clock;
  /** What is watched now. */
  traps(): readonly Trap[];
}

interface Attempt {
  readonly trap: Trap;
  readonly startedAtNs: bigint;
  readonly cancel: () => void;
}

/**
 * Proves the whole line from the kernel to the log, again and again: a child of the daemon touches a
 * trap, another one each time. Nobody else can pass for that child: its number is taken while the
 * daemon has not reaped it, and no stranger has the daemon for a parent.
 */
export class SensorProof {
  readonly #options: SensorProofOptions;
  readonly #sensor: Pick<Sensor, 'name' | 'restart'>;
  readonly #children = new Set<number>();
  #attempt: (Attempt & { readonly pid: number }) | undefined;
  #round = 0;
  #cancel = () => {};

  constructor(sensor: Pick<Sensor, 'name' | 'restart'>, options: SensorProofOptions) {
    this.#sensor = sensor;
    this.#options = options;
  }

  start(): void {
    const { clock, intervalMs } = this.#options;
    this.#cancel = clock.after(intervalMs, () => {
      void this.#prove();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
    this.#attempt?.cancel();
  }

  /** True when a touch is the daemon's own proof and no incident. */
  claims({ actor, trapId }: Touch): boolean {
    const pid = actor.process?.pid;
    if (actor.certainty !== 'kernel' || pid === undefined || !this.#children.has(pid)) return false;
    if (actor.ancestors[0]?.pid !== this.#options.daemonPid) return false;
    if (this.#attempt?.pid === pid && this.#attempt.trap.id === trapId) void this.#proven(this.#attempt);
    return true;
  }

  async #prove(): Promise<void> {
    const { toucher, clock, patienceMs } = this.#options;
    const traps = this.#options.traps();
    const trap = traps[this.#round % Math.max(traps.length, 1)];
    this.#round += 1;
    if (trap === undefined || this.#attempt !== undefined) return;
    const startedAtNs = clock.nowNs();
    const child = toucher.touch(trap.path);
    if (child === undefined) return;
    const { pid } = child;
    this.#children.add(pid);
    const cancel = clock.after(patienceMs, () => void this.#blind());
    this.#attempt = { trap, startedAtNs, cancel, pid };
    const read = await child.ended;
    // A trap that is gone proves nothing.
    if (!read && this.#attempt?.pid === pid) this.#settle();
    clock.after(lingerMs, () => this.#children.delete(pid));
  }

  async #proven(attempt: Attempt): Promise<void> {
    this.#settle();
    const tookMs = Number(this.#options.clock.nowNs() - attempt.startedAtNs) / 1e6;
    const message = `sensor ${this.#sensor.name} saw the daemon's own touch after ${tookMs.toFixed(1)} ms`;
    await this.#options.record(this.#event('sensor-proven', attempt.trap, message, 'success'));
  }

  async #blind(): Promise<void> {
    const { trap } = this.#settle() ?? {};
    if (trap === undefined) return;
    const reason = `the daemon's own touch of ${trap.path} was not seen`;
    const message = `sensor ${this.#sensor.name} is blind: ${reason}`;
    await this.#options.record(this.#event('sensor-blind', trap, message, 'failure'));
    this.#sensor.restart(reason);
  }

  #settle(): Attempt | undefined {
    const attempt = this.#attempt;
    attempt?.cancel();
    this.#attempt = undefined;
    return attempt;
  }

  #event(
    action: 'sensor-proven' | 'sensor-blind',
    trap: Trap,
    message: string,
    outcome: 'success' | 'failure',
  ): AuditEvent {
    return {
      action,
      atNs: this.#options.clock.nowNs(),
      message,
      outcome,
      trap,
      sensor: { name: this.#sensor.name },
    };
  }
}
