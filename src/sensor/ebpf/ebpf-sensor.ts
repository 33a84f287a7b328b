import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { containerEngines } from '../../core/container-engines.js';
import {
  type Sensor,
  type SensorListener,
  SensorUnavailable,
  type UnwatchedTrap,
} from '../../core/ports/sensor.js';
import type { Touch } from '../../core/touch.js';
import type { Trap } from '../../core/trap.js';
import { BackOff } from '../back-off.js';
import { loadLibc } from '../marks/libc.js';
import { signalProcess } from '../marks/process-signal.js';
import { BpftraceSession } from './bpftrace-session.js';
import { requireBpftrace } from './bpftrace-version.js';
import type { EbpfSensorOptions } from './ebpf-sensor-options.js';
import { Followed } from './follow/followed.js';
import { type HoldPlan, holds, planHold } from './hold-plan.js';
import { type HookPlan, planHooks, usedTracepoints } from './hook-plan.js';
import { hookedOps, provableOps } from './hooked-ops.js';
import { readKernelOffer } from './kernel-offer.js';
import { MarkedTraps } from './marked-traps.js';
import { newNonce } from './registration.js';
import type { Unregistered } from './registrations.js';
import { renderScript } from './script.js';
import { ScriptExemptions } from './script-exemptions.js';
import { TouchCheck } from './touch-check.js';
import { TrapInodes } from './trap-inodes.js';
import { type Slot, TrapSlots } from './trap-slots.js';
import { UnwatchedTraps } from './unwatched-traps.js';

const heartbeatsBetweenAttempts = 3;

/** Sees touches through bpftrace, which it starts, proves, watches and restarts. */
export class EbpfSensor implements Sensor {
  readonly name = 'ebpf';
  readonly #options: EbpfSensorOptions;
  readonly #command: string;
  readonly #backOff: BackOff;
  readonly #unwatched: UnwatchedTraps;
  readonly #exemptions: ScriptExemptions;
  readonly #hold: HoldPlan;
  readonly #followed: Followed | undefined;
  #slots = new TrapSlots();
  #inodes = new TrapInodes();
  #check = this.#newCheck();
  #marks: MarkedTraps | undefined;
  #session: BpftraceSession | undefined;
  #armed: HookPlan | undefined;
  #listener: SensorListener | undefined;
  #cancelRestart = () => {};
  #stopped = false;
  /** Slots that the next script needs room for, beside those that there are. */
  #coming = 0;

  constructor(options: EbpfSensorOptions) {
    this.#options = options;
    this.#command = options.command ?? 'bpftrace';
    this.#backOff = new BackOff({
      minMs: options.restartMinMs,
      maxMs: options.restartMaxMs,
      stableMs: 60_000,
      nowMs: () => performance.now(),
    });
    const { containment = 'observe', onTamper = 'observe', exemptions = [] } = options;
    const { neverStopped = containerEngines, diagnostics } = options;
    if (options.follow !== undefined)
      this.#followed = new Followed(options.follow.idleSeconds, () => this.#session, diagnostics);
    this.#exemptions = new ScriptExemptions(exemptions, neverStopped, diagnostics);
    this.#hold = planHold(containment, onTamper, this.#exemptions.conditions, unitsAreKnown());
    this.#unwatched = new UnwatchedTraps({
      clock: options.clock,
      everyMs: heartbeatsBetweenAttempts * this.#heartbeatMs,
      register: (slots) => this.#register(slots),
      isWanted: (slot) => this.#slots.get(slot.number)?.path === slot.path,
      gap: (gap) => this.#listener?.gap(gap),
    });
  }

  async arm(traps: readonly Trap[], listener: SensorListener, coming = 0): Promise<void> {
    this.#stopped = false;
    this.#coming = coming;
    this.#listener = listener;
    const version = await requireBpftrace(this.#command);
    const plans = planHooks(await readKernelOffer(usedTracepoints), this.#options.hookSet);
    this.#slots = new TrapSlots();
    this.#inodes = await TrapInodes.open();
    this.#check = this.#newCheck();
    this.#inodes.learn(this.#firstSlots(traps, coming));
    this.#marks = await this.#openMarks();
    if (holds(this.#hold)) await this.#exemptions.keepFresh(this.#options.clock);
    const failures: string[] = [];
    for (const plan of plans) {
      if (plan.set === 'light' && this.#marks === undefined) {
        failures.push('the light hooks need fanotify');
        continue;
      }
      this.#options.diagnostics.debug(`bpftrace ${version}`, { hooks: plan.set });
      try {
        this.#unwatched.add(await this.#run(plan), this.#options.clock.nowNs());
        return;
      } catch (error) {
        failures.push((error as Error).message);
        this.#options.diagnostics.warn(`bpftrace ${version}, hooks ${plan.set}: ${failures.at(-1)}`);
      }
    }
    throw new SensorUnavailable(`bpftrace ${version} does not work here: ${failures[0]}`);
  }

  async add(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<readonly UnwatchedTrap[]> {
    this.#coming = 0;
    const slots = this.#slots.add(traps, nowAt);
    this.#inodes.learn(slots);
    this.#marks?.add(slots);
    const failed = await this.#addTo(this.#session, slots);
    // They have their names when it is tried again.
    const named = failed.map(({ slot: { nowAt: _, ...slot }, reason }) => ({ slot, reason }));
    this.#unwatched.add(named, this.#options.clock.nowNs());
    return failed
      .filter(({ slot }) => slot.kind === 'file')
      .map(({ slot, reason }) => ({ trap: slot.trap, reason }));
  }

  /** A session that is down will know them when it is back, and one without room is followed by a larger one. */
  async #addTo(session: BpftraceSession | undefined, slots: readonly Slot[]): Promise<Unregistered[]> {
    if (this.#armed === undefined || session === undefined) return [];
    if (!session.hasRoomFor(slots)) {
      session.fail('its maps have no room for more traps');
      return [];
    }
    try {
      return await session.add(slots);
    } catch (error) {
      // It ended meanwhile.
      if (this.#armed === undefined) return [];
      throw error;
    }
  }

  /** Those that came while the session started. */
  async #addLate(session: BpftraceSession, first: ReadonlySet<Slot>): Promise<readonly Unregistered[]> {
    const late = this.#slots.all.filter((slot) => !first.has(slot));
    try {
      return await this.#addTo(session, late);
    } catch (error) {
      return late.map((slot) => ({ slot, reason: (error as Error).message }));
    }
  }

  async remove(traps: readonly Trap[]): Promise<void> {
    const slots = this.#slots.remove(traps);
    this.#inodes.forget(slots);
    if (this.#armed !== undefined) this.#session?.forget(slots);
    await this.#marks?.remove(slots);
  }

  spare(pid: number): void {
    this.#exemptions.spare(pid);
  }

  follow(pid: number): void {
    this.#followed?.add(pid);
  }

  followGroup(cgroupId: bigint): void {
    this.#followed?.addGroup(cgroupId);
  }

  unfollowGroup(cgroupId: bigint): void {
    this.#followed?.removeGroup(cgroupId);
  }

  restart(reason: string): void {
    if (this.#armed !== undefined) this.#session?.fail(reason);
  }

  async disarm(): Promise<void> {
    this.#stopped = true;
    this.#cancelRestart();
    this.#unwatched.stop();
    await this.#session?.stop();
    this.#exemptions.close();
    await this.#marks?.close();
    await rm(this.#scriptPath, { force: true });
  }

  /** @throws SensorUnavailable when there are too many */
  #firstSlots(traps: readonly Trap[], coming: number): Slot[] {
    try {
      const slots = this.#slots.add(traps);
      this.#slots.expect(coming);
      return slots;
    } catch (error) {
      throw new SensorUnavailable((error as RangeError).message);
    }
  }

  get #scriptPath(): string {
    return join(this.#options.stateDir, 'run', 'sensor.bt');
  }

  /** Whether something that happened up to `atNs` (epoch) may still be told. */
  isBehind(atNs: bigint): boolean {
    return this.#session?.isBehind(atNs) ?? false;
  }

  get #heartbeatMs(): number {
    return this.#options.heartbeatMs ?? 1000;
  }

  #newCheck(): TouchCheck {
    return new TouchCheck(this.#inodes, () => this.#options.clock.nowNs());
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
        isBehind: (atNs) => this.isBehind(atNs),
        touched: (touch) => {
          this.#follow(touch);
          this.#listener?.touched(touch);
        },
        removed: (slot) => this.#forget(slot),
        overflowed: (fromNs, reason) => this.#listener?.gap({ fromNs, toNs: clock.nowNs(), reason }),
        lost: (reason) => this.#marksLost(reason),
      });
    } catch (error) {
      if (!(error instanceof SensorUnavailable)) throw error;
      diagnostics.warn(`changes of traps are not seen: ${error.message}`);
      return undefined;
    }
  }

  /** One session from start to armed; when it ends later it is followed by another. */
  async #run(plan: HookPlan): Promise<Unregistered[]> {
    const { bpfFolder, clock, diagnostics, stateDir } = this.#options;
    const nonce = newNonce();
    await mkdir(join(stateDir, 'run'), { recursive: true, mode: 0o700 });
    await rm(this.#scriptPath, { force: true });
    const script = renderScript(bpfFolder, plan, nonce, { hold: this.#hold, follow: this.#options.follow });
    await writeFile(this.#scriptPath, script, {
      mode: 0o600,
      flag: 'wx',
    });
    const session = new BpftraceSession({
      command: this.#command,
      scriptPath: this.#scriptPath,
      sendsSignals: holds(this.#hold),
      nonce,
      probePath: join(stateDir, 'run', 'probe'),
      clock,
      diagnostics,
      startTimeoutMs: this.#options.startTimeoutMs ?? 60_000,
      heartbeatMs: this.#heartbeatMs,
      inodes: this.#inodes,
      proven: (registrar, carrierPath) => this.#exemptions.tell(registrar, carrierPath),
      slot: (number) => this.#slots.getLate(number),
      stoppedInVain: (process) => this.#release(process),
      touched: (touch, slot) => this.#touched(touch, slot),
      card: (threadId, actor) => this.#marks?.card(threadId, actor),
      followed: (event) => {
        if (event.rootPid !== undefined) this.#followed?.seen(event.rootPid);
        this.#listener?.followed(event);
      },
      trailOmitted: (count) => this.#listener?.trailOmitted(count),
      forgotten: (number) => this.#slots.forgotten(number),
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
      const ops = await provableOps(plan, stateDir);
      const first = new Set(this.#slots.all);
      const failed = await session.start(ops, [...first], this.#coming, this.#marks?.descriptor);
      this.#armed = plan;
      failed.push(...(await this.#addLate(session, first)));
      this.#backOff.started();
      this.#followed?.tell(session);
      // Removed while there was no script, or while it started.
      session.forget(this.#slots.leaving);
      this.#warn(failed);
      return failed;
    } catch (error) {
      await session.stop();
      throw error;
    }
  }

  #touched(touch: Touch, slot: Slot): void {
    // Of a folder, opening tells nothing yet: fanotify tells when somebody looks what is in it.
    if (slot.kind === 'folder' && touch.op !== 'denied') return;
    const { pid, startedAtNs } = touch.actor.process ?? {};
    // One that was taken away by the daemon itself was ours until the script forgot it.
    const isRemoved = this.#slots.get(slot.number) === undefined;
    if (this.#marks !== undefined && !isRemoved && !this.#check.isSure(slot, touch)) {
      // If it was the trap, fanotify told as much; the hooks know better who it was.
      this.#marks.card(touch.actor.threadId ?? 0, touch.actor);
      if (touch.held === 'stopped' && pid !== undefined && startedAtNs !== undefined)
        this.#release({ pid, startedAtNs });
      return;
    }
    if (pid !== undefined && touch.op !== 'list' && touch.op !== 'denied')
      this.#followed?.touched(pid, startedAtNs);
    const untold = this.#marks === undefined ? touch : this.#marks.seen(slot, touch);
    if (untold !== undefined) this.#listener?.touched(untold);
  }

  /** Who was stopped at a file that is no trap goes on; also who was at one that is no more. */
  #release(process: { readonly pid: number; readonly startedAtNs: bigint }): void {
    const failed = (error: Error) =>
      this.#options.diagnostics.error(`process ${process.pid} stands still: ${error.message}`);
    void loadLibc().then((libc) => signalProcess(libc, process, 'continue'), failed);
  }

  /** Of a touch that only fanotify told: the script follows by itself who ran into one of its hooks. */
  #follow({ op, actor }: Touch): void {
    const { process: one, ancestors } = actor;
    if (this.#options.follow === undefined || op === 'list' || op === 'denied') return;
    // Without its start it may be another process by now.
    if (one?.startedAtNs === undefined || ancestors[0]?.pid === process.pid) return;
    this.follow(one.pid);
  }

  /** The file is gone for good: the next that gets its inode number is none of ours. */
  #forget(slot: Slot): void {
    try {
      if (this.#armed !== undefined) this.#session?.forget([slot]);
    } catch (error) {
      this.#options.diagnostics.warn(`trap ${slot.path} is watched on: ${(error as Error).message}`);
    }
  }

  async #register(slots: readonly Slot[]): Promise<readonly Unregistered[]> {
    if (this.#armed === undefined || this.#session === undefined) throw new Error('no script runs');
    return this.#session.add(slots);
  }

  #warn(failed: readonly Unregistered[]): void {
    for (const { slot, reason } of failed)
      if (slot.kind === 'file') this.#options.diagnostics.warn(`trap ${slot.path} is not watched: ${reason}`);
  }

  #marksLost(reason: string): void {
    this.#marks = undefined;
    if (this.#armed !== undefined) this.#session?.fail(reason);
  }

  #lost(reason: string, session: BpftraceSession, plan: HookPlan): void {
    const fromNs = session.provenAtNs ?? this.#options.clock.nowNs();
    this.#armed = undefined;
    this.#exemptions.silence();
    this.#listener?.lost(reason);
    const again = () => {
      this.#cancelRestart = this.#options.clock.after(this.#backOff.nextDelayMs(), async () => {
        try {
          this.#marks ??= await this.#openMarks();
          const failed = await this.#run(plan);
          this.#listener?.gap({ fromNs, toNs: this.#options.clock.nowNs(), reason });
          this.#unwatched.settle(failed);
          this.#unwatched.add(failed, fromNs);
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

/** Where only version 1 of cgroups is used, every process has the root of version 2 for its cgroup. */
function unitsAreKnown(): boolean {
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].some((folder) =>
    existsSync(`${folder}/cgroup.controllers`),
  );
}
