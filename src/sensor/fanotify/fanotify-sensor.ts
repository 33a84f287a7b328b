import { lstatSync } from 'node:fs';
import { containerEngines } from '../../core/container-engines.js';
import type { Exemption } from '../../core/exemption.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import {
  type Sensor,
  type SensorListener,
  SensorUnavailable,
  type UnwatchedTrap,
} from '../../core/ports/sensor.js';
import { fromPrintable } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import { BackOff } from '../back-off.js';
import { ExemptPrograms } from '../exempt-programs.js';
import { Actors, type Inspect } from '../marks/actors.js';
import { ProcFiles } from '../marks/proc-files.js';
import { parseStat } from '../marks/thread-owner.js';
import { TouchRelay } from './touch-relay.js';
import { WatchRun } from './watch-run.js';

export interface FanotifySensorOptions {
  /** Completes an actor that the kernel named; who opens, reads or executes stands still meanwhile. */
  readonly inspect: Inspect;
  /** Refuses every open, read and execution of a trap with EPERM, but those of PID 1 and own children. */
  readonly deny: boolean;
  /** What is done to openers, readers and executors before they are let go; nothing when absent. */
  readonly contain?: 'inspect' | 'freeze' | 'kill';
  /** Programs that are not contained; ancestors are for others to compare. */
  readonly exemptions?: readonly Exemption[];
  /** Paths of programs that are never contained when root runs them; container engines when absent. */
  readonly neverStopped?: readonly string[];
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Folder for the probe file. */
  readonly stateDir: string;
  readonly restartMinMs: number;
  readonly restartMaxMs: number;
  /** 1,000 when absent. */
  readonly heartbeatMs?: number;
  /** Longest time in ms until the first proof, 10,000 when absent. */
  readonly proofMs?: number;
  /** Longest time in ms that one is held, 200 when absent; an inspection takes 50 at most, if none waits. */
  readonly holdMs?: number;
}

/** A run longer than this was no accident of its start. */
const stableMs = 60_000;

/** A package upgrade puts another file in the place of an exempt program; it is found within this, in ms. */
const refreshMs = 10_000;
const mostSpared = 4096;

interface Armed {
  /** By id; what was added and not removed, seen or not. */
  readonly traps: Map<string, Trap>;
  readonly listener: SensorListener;
  readonly relay: TouchRelay;
  readonly backOff: BackOff;
  run: WatchRun | undefined;
  /** Traps that went away and were told. */
  readonly gone: Set<string>;
  over: boolean;
  cancelRestart: (() => void) | undefined;
  cancelRefresh: () => void;
  recovery: Promise<void>;
}

/**
 * Sees touches with fanotify marks on the traps' inodes, whatever path leads to them. Openers,
 * readers and executors stand still while they are looked at; changes are told afterwards.
 */
export class FanotifySensor implements Sensor {
  readonly name = 'fanotify';
  readonly #options: FanotifySensorOptions;
  readonly #programs: ExemptPrograms;
  readonly #proc = new ProcFiles();
  /** Processes that were let go: the start (ns) of each by its id. */
  readonly #spared = new Map<number, bigint>();
  #armed: Armed | undefined;

  constructor(options: FanotifySensorOptions) {
    this.#options = options;
    const { exemptions = [], neverStopped = containerEngines, diagnostics } = options;
    this.#programs = new ExemptPrograms(exemptions, neverStopped, diagnostics);
  }

  /** See `Sensor.arm`; traps that were watched before are no longer. Traps not there are left out. */
  async arm(traps: readonly Trap[], listener: SensorListener): Promise<void> {
    await this.disarm();
    const armed = this.#prepare(traps, listener);
    this.#armed = armed;
    await this.#refreshPrograms(armed);
    try {
      this.#warn(await this.#begin(armed));
    } catch (error) {
      await this.disarm();
      throw error instanceof SensorUnavailable ? error : new SensorUnavailable((error as Error).message);
    }
  }

  async add(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<readonly UnwatchedTrap[]> {
    const armed = this.#armed;
    if (armed === undefined) return traps.map((trap) => ({ trap, reason: 'the sensor is not armed' }));
    for (const trap of traps) armed.traps.set(trap.id, trap);
    for (const trap of traps) armed.gone.delete(trap.id);
    const placed = nowAt === undefined ? traps : traps.map((trap) => ({ ...trap, path: nowAt(trap) }));
    if (armed.run !== undefined) return armed.run.watch(placed);
    return traps.map((trap) => ({ trap, reason: 'the sensor is blind; it is watched when it sees again' }));
  }

  async remove(traps: readonly Trap[]): Promise<void> {
    const armed = this.#armed;
    if (armed === undefined) return;
    for (const { id } of traps) armed.traps.delete(id);
    await armed.run?.unwatch(traps);
    await armed.relay.drained();
  }

  spare(pid: number): void {
    const startedAtNs = parseStat(this.#proc.read(`${pid}/stat`))?.startedAtNs;
    if (startedAtNs === undefined) return;
    this.#spared.delete(pid);
    this.#spared.set(pid, startedAtNs);
    if (this.#spared.size > mostSpared) this.#spared.delete(this.#spared.keys().next().value as number);
    this.#armed?.run?.spare(pid, startedAtNs);
  }

  /** It follows nobody. */
  follow(): void {}

  restart(reason: string): void {
    const armed = this.#armed;
    if (armed?.run !== undefined) this.#lose(armed, armed.run, reason);
  }

  async disarm(): Promise<void> {
    const armed = this.#armed;
    if (armed === undefined) return;
    this.#armed = undefined;
    armed.over = true;
    armed.cancelRestart?.();
    armed.cancelRefresh();
    await armed.run?.stop();
    this.#programs.close();
    await armed.recovery;
    await armed.relay.drained();
  }

  #prepare(traps: readonly Trap[], listener: SensorListener): Armed {
    const { clock, inspect, deny, restartMinMs, restartMaxMs } = this.#options;
    const nowMs = () => Number(clock.nowNs() / 1_000_000n);
    return {
      traps: new Map(traps.map((trap) => [trap.id, trap])),
      listener,
      relay: new TouchRelay({
        actors: new Actors(inspect),
        verdict: deny ? 'deny' : 'allow',
        touched: (touch) => listener.touched(touch),
      }),
      backOff: new BackOff({ minMs: restartMinMs, maxMs: restartMaxMs, stableMs, nowMs }),
      run: undefined,
      gone: new Set(),
      over: false,
      cancelRestart: undefined,
      cancelRefresh: () => undefined,
      recovery: Promise.resolve(),
    };
  }

  /** Opens the groups and proves them; gives the traps that are not watched. */
  async #begin(armed: Armed): Promise<UnwatchedTrap[]> {
    const {
      clock,
      deny,
      contain,
      stateDir,
      heartbeatMs = 1000,
      proofMs = 10_000,
      holdMs = 200,
    } = this.#options;
    const run: WatchRun = await WatchRun.open({
      stateDir,
      clock,
      heartbeatMs,
      proofMs,
      holdMs,
      late: deny ? 'deny' : 'allow',
      contain: contain && { level: contain },
      onTouch: (trap, event, answer) => {
        if (event.ops.includes('unlink') || event.ops.includes('rename')) armed.gone.add(trap.id);
        armed.relay.add(trap, event, answer);
      },
      onGap: (reason) => this.#gap(armed, run.provenAtNs, reason),
      onLost: (reason) => this.#lose(armed, run, reason),
    });
    this.#tellExemptions(run);
    try {
      const first = new Map(armed.traps);
      const unwatched = run.watch([...first.values()]);
      await run.prove();
      if (armed.over) throw new Error('fanotify was stopped');
      armed.run = run;
      armed.backOff.started();
      // What came and went while the groups were proven.
      unwatched.push(...run.watch([...armed.traps.values()].filter((trap) => first.get(trap.id) !== trap)));
      await run.unwatch([...first.values()].filter((trap) => !armed.traps.has(trap.id)));
      return unwatched;
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  /** Looks for exempt programs now and from time to time. */
  async #refreshPrograms(armed: Armed): Promise<void> {
    if (this.#options.contain === undefined) return;
    await this.#programs.refresh();
    if (armed.over) return;
    if (armed.run !== undefined) this.#tellExemptions(armed.run);
    armed.cancelRefresh = this.#options.clock.after(refreshMs, () => void this.#refreshPrograms(armed));
  }

  #tellExemptions(run: WatchRun): void {
    const { conditions } = this.#programs;
    const programs = this.#programs.programs.map(({ device, inode, conditions: indices }) => ({
      device,
      inode,
      conditions: indices.flatMap((index) => conditions[index] ?? []),
    }));
    run.exempt(programs);
    for (const [pid, startedAtNs] of this.#spared) run.spare(pid, startedAtNs);
  }

  #lose(armed: Armed, run: WatchRun, reason: string): void {
    if (armed.over || armed.run !== run) return;
    armed.run = undefined;
    armed.listener.lost(reason);
    armed.recovery = this.#recover(armed, run, reason);
  }

  async #recover(armed: Armed, failed: WatchRun, reason: string): Promise<void> {
    const fromNs = failed.provenAtNs;
    await failed.stop();
    while (!armed.over) {
      await this.#pause(armed, armed.backOff.nextDelayMs());
      if (armed.over) return;
      try {
        this.#tellVanished(armed, await this.#begin(armed));
        this.#gap(armed, fromNs, reason);
        return;
      } catch (error) {
        if (armed.over) return;
        this.#options.diagnostics.warn('fanotify does not come back', { reason: (error as Error).message });
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

  #tellVanished(armed: Armed, unwatched: readonly UnwatchedTrap[]): void {
    for (const { trap } of unwatched) {
      if (armed.gone.has(trap.id) || isFile(trap)) continue;
      armed.gone.add(trap.id);
      armed.relay.addVanished(trap, this.#options.clock.nowNs());
    }
  }

  #warn(unwatched: readonly UnwatchedTrap[]): void {
    if (unwatched.length === 0) return;
    const traps = unwatched.map(({ trap, reason }) => `${trap.path}: ${reason}`);
    this.#options.diagnostics.warn('traps that cannot be watched', { traps });
  }
}

function isFile({ path }: Trap): boolean {
  return lstatSync(Buffer.from(fromPrintable(path)), { throwIfNoEntry: false })?.isFile() ?? false;
}
