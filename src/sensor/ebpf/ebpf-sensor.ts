import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import {
  type Sensor,
  type SensorListener,
  SensorUnavailable,
  type UnwatchedTrap,
} from '../../core/ports/sensor.js';
import type { Touch } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';
import { BackOff } from '../back-off.js';
import type { Inspect } from '../marks/actors.js';
import { BpftraceSession } from './bpftrace-session.js';
import { requireBpftrace } from './bpftrace-version.js';
import { type HookPlan, type HookSet, planHooks, usedTracepoints } from './hook-plan.js';
import { hookedOps, provableOps } from './hooked-ops.js';
import { readKernelOffer } from './kernel-offer.js';
import { MarkedTraps } from './marked-traps.js';
import { newNonce } from './registration.js';
import { renderScript } from './script.js';
import { type Slot, TrapSlots } from './trap-slots.js';

export interface EbpfSensorOptions {
  /** Folder of the script pieces. */
  readonly bpfFolder: string;
  /** Folder of the daemon's own files, only root may enter it. */
  readonly stateDir: string;
  readonly restartMinMs: number;
  readonly restartMaxMs: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Which hooks to use; the best that work here when absent. */
  readonly hookSet?: HookSet;
  /** The actor of a thread as /proc shows it now. */
  readonly inspect: Inspect;
  readonly command?: string;
  readonly startTimeoutMs?: number;
  readonly heartbeatMs?: number;
}

/** Sees touches through bpftrace, which it starts, proves, watches and restarts. */
export class EbpfSensor implements Sensor {
  readonly name = 'ebpf';
  readonly #options: EbpfSensorOptions;
  readonly #command: string;
  readonly #backOff: BackOff;
  #slots = new TrapSlots();
  #marks: MarkedTraps | undefined;
  #session: BpftraceSession | undefined;
  #armed: HookPlan | undefined;
  #listener: SensorListener | undefined;
  #cancelRestart = () => {};
  #stopped = false;

  constructor(options: EbpfSensorOptions) {
    this.#options = options;
    this.#command = options.command ?? 'bpftrace';
    this.#backOff = new BackOff({
      minMs: options.restartMinMs,
      maxMs: options.restartMaxMs,
      stableMs: 60_000,
      nowMs: () => performance.now(),
    });
  }

  async arm(traps: readonly Trap[], listener: SensorListener): Promise<void> {
    this.#stopped = false;
    this.#listener = listener;
    const version = await requireBpftrace(this.#command);
    const plans = planHooks(await readKernelOffer(usedTracepoints), this.#options.hookSet);
    this.#slots = new TrapSlots();
    this.#slots.add(traps);
    this.#marks = await this.#openMarks();
    const failures: string[] = [];
    for (const plan of plans) {
      if (plan.set === 'light' && this.#marks === undefined) {
        failures.push('the light hooks need fanotify');
        continue;
      }
      this.#options.diagnostics.debug(`bpftrace ${version}`, { hooks: plan.set });
      try {
        await this.#run(plan);
        return;
      } catch (error) {
        failures.push((error as Error).message);
        this.#options.diagnostics.warn(`bpftrace ${version}, hooks ${plan.set}: ${failures.at(-1)}`);
      }
    }
    throw new SensorUnavailable(`bpftrace ${version} does not work here: ${failures[0]}`);
  }

  async add(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<readonly UnwatchedTrap[]> {
    const slots = this.#slots.add(traps, nowAt);
    this.#marks?.add(slots);
    // A session that is down will know them when it is back.
    return (await this.#session?.add(slots)) ?? [];
  }

  async remove(traps: readonly Trap[]): Promise<void> {
    const slots = this.#slots.remove(traps);
    if (this.#armed !== undefined) this.#session?.forget(slots);
    await this.#marks?.remove(slots);
  }

  restart(reason: string): void {
    if (this.#armed !== undefined) this.#session?.fail(reason);
  }

  async disarm(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart();
    await this.#session?.stop();
    await this.#marks?.close();
    await rm(this.#scriptPath, { force: true });
  }

  get #scriptPath(): string {
    return join(this.#options.stateDir, 'run', 'sensor.bt');
  }

  /** Without fanotify the hooks alone see what they see. */
  async #openMarks(): Promise<MarkedTraps | undefined> {
    const { clock, inspect, diagnostics } = this.#options;
    try {
      return await MarkedTraps.open(this.#slots, {
        clock,
        inspect,
        diagnostics,
        hooked: () => (this.#armed === undefined ? new Set() : hookedOps(this.#armed)),
        isBehind: (atNs) => this.#session?.isBehind(atNs) ?? false,
        touched: (touch) => this.#listener?.touched(touch),
        removed: (slot) => this.#forget(slot),
        lost: (reason) => this.#marksLost(reason),
      });
    } catch (error) {
      if (!(error instanceof SensorUnavailable)) throw error;
      diagnostics.warn(`changes of traps are not seen: ${error.message}`);
      return undefined;
    }
  }

  /** One session from start to armed; when it ends later it is followed by another. */
  async #run(plan: HookPlan): Promise<void> {
    const { bpfFolder, clock, diagnostics, stateDir } = this.#options;
    const nonce = newNonce();
    await mkdir(join(stateDir, 'run'), { recursive: true, mode: 0o700 });
    await rm(this.#scriptPath, { force: true });
    await writeFile(this.#scriptPath, renderScript(bpfFolder, plan, nonce), { mode: 0o600, flag: 'wx' });
    const session = new BpftraceSession({
      command: this.#command,
      scriptPath: this.#scriptPath,
      nonce,
      probePath: join(stateDir, 'run', 'probe'),
      clock,
      diagnostics,
      startTimeoutMs: this.#options.startTimeoutMs ?? 60_000,
      heartbeatMs: this.#options.heartbeatMs ?? 1000,
      slot: (number) => this.#slots.get(number),
      touched: (touch, slot) => this.#touched(touch, slot),
      card: (threadId, actor) => this.#marks?.card(threadId, actor),
      lostMessages: (lost, fromNs) =>
        this.#listener?.gap({ fromNs, toNs: clock.nowNs(), lost, reason: 'bpftrace lost messages' }),
      missedRuns: (lost) => {
        const reason =
          'the kernel left hooks out while a program changed BPF maps; fanotify told the touches';
        const nowNs = clock.nowNs();
        this.#listener?.gap({ fromNs: session.provenAtNs ?? nowNs, toNs: nowNs, lost, reason });
      },
      ended: (reason) => {
        if (this.#armed !== undefined && this.#session === session && !this.#stopped)
          this.#lost(reason, session, plan);
      },
    });
    this.#session = session;
    try {
      await session.start(await provableOps(plan, stateDir), this.#slots.all, this.#marks?.descriptor);
      this.#armed = plan;
      this.#backOff.started();
    } catch (error) {
      await session.stop();
      throw error;
    }
  }

  #touched(touch: Touch, slot: Slot): void {
    // Of a folder, opening tells nothing yet: fanotify tells when somebody looks what is in it.
    if (slot.kind === 'folder' && touch.op !== 'denied') return;
    const untold = this.#marks === undefined ? touch : this.#marks.seen(slot, touch);
    if (untold !== undefined) this.#listener?.touched(untold);
  }

  /** The file is gone for good: the next that gets its inode number is none of ours. */
  #forget(slot: Slot): void {
    try {
      if (this.#armed !== undefined) this.#session?.forget([slot]);
    } catch (error) {
      this.#options.diagnostics.warn(`trap ${slot.path} is watched on: ${(error as Error).message}`);
    }
  }

  #marksLost(reason: string): void {
    this.#marks = undefined;
    if (this.#armed !== undefined) this.#session?.fail(reason);
  }

  #lost(reason: string, session: BpftraceSession, plan: HookPlan): void {
    const fromNs = session.provenAtNs ?? this.#options.clock.nowNs();
    this.#armed = undefined;
    this.#listener?.lost(reason);
    const again = () => {
      this.#cancelRestart = this.#options.clock.after(this.#backOff.nextDelayMs(), async () => {
        try {
          this.#marks ??= await this.#openMarks();
          await this.#run(plan);
          this.#listener?.gap({ fromNs, toNs: this.#options.clock.nowNs(), reason });
        } catch (error) {
          if (this.#stopped) return;
          this.#options.diagnostics.error(`sensor restart failed: ${(error as Error).message}`);
          again();
        }
      });
    };
    again();
  }
}
