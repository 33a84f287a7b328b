import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import {
  type Sensor,
  type SensorListener,
  SensorUnavailable,
  type UnwatchedTrap,
} from '../../core/ports/sensor.js';
import { printableText } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import { BackOff } from '../back-off.js';
import { EventReader } from './event-reader.js';
import { ProbeFile } from './probe-file.js';
import { TouchRelay } from './touch-relay.js';
import { UnreadableOutput } from './unreadable-output.js';
import { type WatchList, watchListOf } from './watch-list.js';
import { WatchRun } from './watch-run.js';

export interface InotifySensorOptions {
  /** Who may have the file at a printable path open; may reject. */
  readonly holders: (path: string) => Promise<Actor>;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Folder for the probe file. */
  readonly stateDir: string;
  readonly restartMinMs: number;
  readonly restartMaxMs: number;
  /** `inotifywait` when absent. */
  readonly command?: string;
  /** 1,000 when absent: a dead or frozen inotifywait is noticed within two. */
  readonly heartbeatMs?: number;
  /** Longest time in ms until the first proof, 10,000 when absent. */
  readonly proofMs?: number;
}

/** A run longer than this was no accident of its start. */
const stableMs = 60_000;

interface Armed {
  traps: readonly Trap[];
  readonly listener: SensorListener;
  readonly probe: ProbeFile;
  readonly relay: TouchRelay;
  readonly unreadable: UnreadableOutput;
  readonly backOff: BackOff;
  run: WatchRun | undefined;
  /** Traps that went away and were told. */
  readonly gone: Set<string>;
  over: boolean;
  cancelRestart: (() => void) | undefined;
  recovery: Promise<void>;
}

/**
 * Sees touches with inotifywait. It works everywhere and names no process: actors are guesses, and
 * the time of a touch is the time its event was read. The last resort among the sensors.
 */
export class InotifySensor implements Sensor {
  readonly name = 'inotify';
  readonly #options: InotifySensorOptions;
  #armed: Armed | undefined;

  constructor(options: InotifySensorOptions) {
    this.#options = options;
  }

  /** See `Sensor.arm`; traps that were watched before are no longer. Traps not there are left out. */
  async arm(traps: readonly Trap[], listener: SensorListener): Promise<void> {
    await this.disarm();
    const armed = await this.#prepare(traps, listener);
    this.#armed = armed;
    const list = watchListOf(traps);
    for (const { id } of list.missing) armed.gone.add(id);
    this.#tellMissing(list);
    try {
      await this.#begin(armed, list);
    } catch (error) {
      await this.disarm();
      throw new SensorUnavailable(advice((error as Error).message));
    }
  }

  async add(traps: readonly Trap[]): Promise<readonly UnwatchedTrap[]> {
    const armed = this.#armed;
    if (armed === undefined) return [];
    const { missing } = await this.#watch(armed, [...armed.traps, ...traps]);
    return missing
      .filter((trap) => traps.includes(trap))
      .map((trap) => ({ trap, reason: 'it is not there, or no regular file' }));
  }

  async remove(traps: readonly Trap[]): Promise<void> {
    const armed = this.#armed;
    if (armed === undefined) return;
    const removed = new Set(traps.map(({ id }) => id));
    await this.#watch(
      armed,
      armed.traps.filter(({ id }) => !removed.has(id)),
    );
  }

  /** It holds nobody. */
  spare(): void {}

  /** It follows nobody. */
  follow(): void {}

  restart(reason: string): void {
    const armed = this.#armed;
    if (armed?.run !== undefined) this.#lose(armed, armed.run, reason);
  }

  /** inotifywait takes no more paths once it runs: another takes over before the one at work ends. */
  async #watch(armed: Armed, traps: readonly Trap[]): Promise<WatchList> {
    armed.traps = traps;
    const list = watchListOf(traps);
    for (const { id } of list.missing) armed.gone.add(id);
    const before = armed.run;
    // One that is down comes back with the new list by itself.
    if (before === undefined) return list;
    await this.#begin(armed, list);
    await before.stop();
    return list;
  }

  async disarm(): Promise<void> {
    const armed = this.#armed;
    if (armed === undefined) return;
    this.#armed = undefined;
    armed.over = true;
    armed.cancelRestart?.();
    await armed.run?.stop();
    await armed.recovery;
    armed.unreadable.close();
    await armed.relay.drained();
    await armed.probe.remove();
  }

  async #prepare(traps: readonly Trap[], listener: SensorListener): Promise<Armed> {
    const { clock, diagnostics, holders, stateDir, restartMinMs, restartMaxMs } = this.#options;
    const probe = await ProbeFile.create(stateDir).catch((error: unknown) => {
      throw new SensorUnavailable(`no probe file can be made: ${printableText((error as Error).message)}`);
    });
    const nowMs = () => Number(clock.nowNs() / 1_000_000n);
    return {
      traps,
      listener,
      probe,
      relay: new TouchRelay({ holders, clock, touched: (touch) => listener.touched(touch) }),
      unreadable: new UnreadableOutput(clock, diagnostics),
      backOff: new BackOff({ minMs: restartMinMs, maxMs: restartMaxMs, stableMs, nowMs }),
      run: undefined,
      gone: new Set(),
      over: false,
      cancelRestart: undefined,
      recovery: Promise.resolve(),
    };
  }

  /** Starts inotifywait; rejects with the reason when it does not prove itself. */
  async #begin(armed: Armed, list: WatchList): Promise<void> {
    const { clock, command = 'inotifywait', heartbeatMs = 1000, proofMs = 10_000 } = this.#options;
    const reader = new EventReader(list, {
      touched: (trap, op, path) => armed.relay.add(trap, op, path),
      left: (trap) => armed.gone.add(trap.id),
      overflowed: () => this.#gap(armed, run.provenAtNs, 'the kernel queue of inotify overflowed'),
      unmounted: (path) => this.#lose(armed, run, `the file system of ${path} was unmounted`),
    });
    const run: WatchRun = new WatchRun({
      command,
      list,
      probe: armed.probe,
      clock,
      heartbeatMs,
      proofMs,
      onRecord: (record) => reader.read(record),
      onUnreadable: () => armed.unreadable.add(),
      onLost: (reason) => this.#lose(armed, run, reason),
    });
    armed.run = run;
    await run.proven;
    armed.backOff.started();
  }

  #lose(armed: Armed, run: WatchRun, reason: string): void {
    if (armed.over || armed.run !== run) return;
    armed.run = undefined;
    armed.listener.lost(reason);
    armed.recovery = this.#recover(armed, run, reason);
  }

  async #recover(armed: Armed, failed: WatchRun, reason: string): Promise<void> {
    const fromNs = failed.provenAtNs;
    await failed.rescue();
    while (!armed.over) {
      await this.#pause(armed, armed.backOff.nextDelayMs());
      if (armed.over) return;
      try {
        const list = watchListOf(armed.traps);
        this.#tellVanished(armed, list);
        await this.#begin(armed, list);
        this.#gap(armed, fromNs, reason);
        return;
      } catch (error) {
        await armed.run?.stop();
        if (armed.over) return;
        this.#options.diagnostics.warn('inotifywait does not come back', {
          reason: (error as Error).message,
        });
      }
    }
  }

  #pause(armed: Armed, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      armed.cancelRestart = () => {
        cancel();
        resolve();
      };
    });
  }

  #gap(armed: Armed, fromNs: bigint | undefined, reason: string): void {
    const toNs = this.#options.clock.nowNs();
    armed.listener.gap({ fromNs: fromNs ?? toNs, toNs, reason });
  }

  /** A trap that went away while nobody looked was touched: only when and by whom is not known. */
  #tellVanished(armed: Armed, list: WatchList): void {
    for (const trap of list.missing) {
      if (armed.gone.has(trap.id)) continue;
      armed.gone.add(trap.id);
      armed.relay.add(trap, 'unlink');
    }
  }

  #tellMissing({ missing }: WatchList): void {
    if (missing.length === 0) return;
    this.#options.diagnostics.warn('traps that are not there cannot be watched', {
      traps: missing.map((trap) => trap.path),
    });
  }
}

function advice(reason: string): string {
  return /is not installed/.test(reason) ? `${reason}: install the package inotify-tools` : reason;
}
