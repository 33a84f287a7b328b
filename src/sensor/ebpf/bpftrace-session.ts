import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { TouchOp } from '../../core/touch.js';
import { priorities } from '../scheduling.js';
import { type SupervisedChild, startChild } from '../supervised-child.js';
import { BootClock } from './boot-clock.js';
import { bpftraceEnvironment, roomFor } from './bpftrace-environment.js';
import { Counters } from './counters.js';
import { GroupRegistrations } from './follow/followed-groups.js';
import { TrailAssembler } from './follow/trail-assembler.js';
import { TrailReader } from './follow/trail-reader.js';
import { LineReader } from './line-reader.js';
import type { Message, MoreTouches, Registered } from './messages.js';
import { MissedRuns } from './missed-runs.js';
import { Probe } from './probe.js';
import { Pulse } from './pulse.js';
import { probeSlot, Registrar } from './registration.js';
import { Registrations, type Unregistered } from './registrations.js';
import { opOfCode } from './script.js';
import type { SessionOptions } from './session-options.js';
import { SessionWatch } from './session-watch.js';
import { heldBy, toActor, toTouch } from './to-touch.js';
import { ToldActors } from './told-actors.js';
import { type KernelTouch, TouchAssembler } from './touch-assembler.js';
import type { Slot } from './trap-slots.js';

/** Longest wait for what bpftrace still holds when it is stopped. */
const drainMs = 5000;
/** Longest for registering more traps, ms, and for each of them. */
const addMs = 10_000;
const addMsEach = 5;

/** One run of bpftrace from start to end: armed by a proof, watched by its heartbeat. */
export class BpftraceSession {
  readonly #options: SessionOptions;
  readonly #bootClock = new BootClock();
  readonly #pulse = new Pulse();
  readonly #probe: Probe;
  readonly #registrar: Registrar;
  readonly #registrations: Registrations;
  readonly #groups: GroupRegistrations;
  readonly #told = new ToldActors();
  readonly #counters = new Counters();
  readonly #assembler: TouchAssembler;
  readonly #trail: TrailReader;
  readonly #trailAssembler: TrailAssembler;
  readonly #reader: LineReader;
  readonly #watch: SessionWatch;
  #child: SupervisedChild | undefined;
  #room = 0;
  #endReason: string | undefined;
  #armed = false;
  /** Our pid as the kernel's initial namespace has it; `process.pid` is another one in a container. */
  #daemonPid: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#registrar = new Registrar(options.nonce);
    this.#registrations = new Registrations(this.#registrar, options.inodes);
    this.#groups = new GroupRegistrations(this.#registrar);
    this.#probe = new Probe({
      path: options.probePath,
      nowNs: () => options.clock.nowNs(),
      clock: this.#bootClock,
      register: (path) => this.#registrar.register(path, probeSlot),
    });
    this.#assembler = new TouchAssembler({
      touch: (touch) => this.#touched(touch),
      lost: (count) => this.#watch.lost(count),
    });
    this.#trail = new TrailReader((kernelNs) => this.#epochNs(kernelNs));
    this.#trailAssembler = new TrailAssembler((trail) => {
      for (const event of this.#trail.read(trail)) options.followed(event);
    });
    this.#reader = new LineReader({
      message: (message) => this.#accept(message),
      lostEvents: () => {}, // the numbers of the lines tell the same, and on which processor
    });
    this.#watch = new SessionWatch({
      ...options,
      probe: this.#probe,
      pulse: this.#pulse,
      completeUntilNs: () => this.#completeUntilNs,
      takeUnreadable: () => this.#reader.takeUnreadable(),
      lostMessages: (count, sinceNs) => options.lostMessages(count, sinceNs),
      missedRuns: (count) => options.missedRuns(count),
      failed: (reason) => this.#end(reason),
    });
  }

  /** Last time, in ns since the epoch, at which a touch is known to have come through. */
  get provenAtNs(): bigint | undefined {
    return this.#probe.answeredAtNs;
  }

  /** Whether something that happened up to `atNs` (epoch) may not have arrived yet. */
  isBehind(atNs: bigint): boolean {
    return this.#endReason === undefined && (this.#completeUntilNs ?? 0n) <= atNs;
  }

  /** Pid of bpftrace. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves when armed: hooks proven by a touch of the probe that `ops` must come of, all files
   * registered. Rejects with the reason. Gives those that cannot be watched. There is room for `coming` more.
   */
  async start(
    ops: readonly TouchOp[],
    slots: readonly Slot[],
    coming: number,
    marks?: number,
  ): Promise<Unregistered[]> {
    const { command, scriptPath, sendsSignals, startTimeoutMs } = this.#options;
    const highest = slots.reduce((most, { number }) => Math.max(most, number), 0) + coming;
    this.#room = roomFor(highest);
    this.#probe.expect(ops);
    await this.#probe.create();
    this.#child = startChild({
      command,
      args: [...(sendsSignals ? ['--unsafe'] : []), '-B', 'line', '-f', 'json', scriptPath],
      environment: bpftraceEnvironment(highest),
      priority: priorities.sensor,
      onLine: (line) => {
        this.#pulse.line();
        this.#take(line);
      },
      onExit: (reason) => this.#end(reason),
    });
    const deadline = performance.now() + startTimeoutMs;
    await this.#until(deadline, 20, 'its probes did not see the daemon touch its own file', () => {
      this.#probe.touch();
      return this.#probe.proven && this.#bootClock.toEpochNs(0n) !== undefined;
    });
    if (marks !== undefined) this.#carry((carrier) => this.#registrar.announceMarks(carrier, marks));
    this.#options.proven(this.#registrar, this.#probe.path);
    const unregistered = await this.add(slots, deadline);
    this.#armed = true;
    this.#watch.begin(this.#child.pid === undefined ? undefined : new MissedRuns(this.#child.pid));
    return unregistered;
  }

  /** Whether its maps hold these. */
  hasRoomFor(slots: readonly Slot[]): boolean {
    return slots.every(({ number }) => number <= this.#room);
  }

  /** Registers more; resolves when the kernel knows them. Gives those that cannot be watched. */
  async add(
    slots: readonly Slot[],
    deadline = performance.now() + addMs + slots.length * addMsEach,
  ): Promise<Unregistered[]> {
    const unregistered: Unregistered[] = [];
    this.#registrations.want(slots);
    await this.#until(deadline, 50, 'not every trap was registered', async () => {
      unregistered.push(...(await this.#registrations.register()));
      return this.#registrations.complete(slots);
    });
    return unregistered;
  }

  /** The kernel watches these no longer. */
  forget(slots: readonly Pick<Slot, 'number'>[]): void {
    this.#registrations.forget(this.#probe.path, slots);
  }

  /** Has the script follow a process whose touch its hooks did not see. Does nothing when it cannot. */
  follow(pid: number): void {
    if (!this.#armed || this.#endReason !== undefined) return;
    try {
      this.#carry((carrier) => this.#registrar.follow(carrier, pid));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#options.diagnostics.warn(`process ${pid} is not followed: ${code}`);
    }
  }

  /** Has the script follow a cgroup, or no more; told again until it has heard. */
  followGroup(cgroupId: bigint, followed: boolean): void {
    this.#groups.want(cgroupId, followed);
    this.#tellGroups();
  }

  /** Ends it; what it saw until now is still told, then `ended` is called. */
  async stop(): Promise<void> {
    await this.#drain();
    this.#watch.reportMissedRuns();
    this.#watch.end();
    // Nothing is left in it, and SIGKILL detaches its probes at once.
    this.#child?.kill('SIGKILL');
    await this.#child?.stop();
    await this.#probe.remove();
  }

  /** Ends it because what it needs is gone. */
  fail(reason: string): void {
    this.#end(reason);
  }

  #tellGroups(): void {
    if (!this.#armed || this.#endReason !== undefined || this.#groups.isComplete) return;
    try {
      this.#carry((carrier) => this.#groups.tell(carrier));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#options.diagnostics.warn(`a cgroup is not followed: ${code}`);
    }
  }

  /** Any file of ours carries what the script is told. */
  #carry(tell: (carrier: number) => void): void {
    const carrier = openSync(this.#probe.path, 'r');
    try {
      tell(carrier);
    } finally {
      closeSync(carrier);
    }
  }

  /** Waits until everything that happened up to now has arrived, for a while. */
  async #drain(): Promise<void> {
    const nowNs = this.#options.clock.nowNs();
    const arrived = () => (this.#completeUntilNs ?? 0n) > nowNs;
    const deadline = performance.now() + drainMs;
    while (this.#armed && this.#endReason === undefined && !arrived() && performance.now() < deadline)
      await wait(20);
  }

  async #until(deadline: number, everyMs: number, failure: string, done: () => boolean | Promise<boolean>) {
    while (!(await done())) {
      if (this.#endReason !== undefined) throw new Error(this.#endReason);
      if (performance.now() > deadline) throw new Error(failure);
      await wait(everyMs);
    }
  }

  /** An error that one line brings must not cost those after it: the stream would stop for good. */
  #take(line: string): void {
    try {
      this.#reader.accept(line);
    } catch (error) {
      this.#options.diagnostics.error(`a line of bpftrace was not taken: ${(error as Error).stack}`);
    }
  }

  #accept(message: Message): void {
    this.#pulse.printed(message.cpu);
    this.#assembler.accept(message);
    this.#trailAssembler.accept(message);
    switch (message.tag) {
      case 'born':
        this.#trail.born(message.pid, message.parent);
        break;
      case 'omitted':
        this.#options.trailOmitted(message.count);
        break;
      case 'heartbeat':
        this.#pulse.heartbeat(message.cpu, message.kernelNs);
        this.#tellGroups();
        break;
      case 'grouped':
        this.#groups.acknowledged(message.cgroupId, message.followed);
        break;
      case 'idle':
        this.#pulse.printed(message.processor);
        // All that it printed has arrived: it is as good as a heartbeat of its own.
        if (this.#assembler.linesOf(message.processor) === message.printed)
          this.#pulse.heartbeat(message.processor, message.kernelNs);
        break;
      case 'probed':
        this.#probed(message.op, message.kernelNs);
        break;
      case 'registered':
        this.#registered(message);
        break;
      case 'forgotten':
        this.#options.forgotten(message.slot);
        break;
      case 'more':
        this.#counted(message);
        break;
      default:
    }
  }

  #probed(code: number, kernelNs: bigint): void {
    const op = opOfCode(code);
    if (op !== undefined) this.#probe.answered(op, kernelNs);
  }

  #registered({ slot, daemonPid, kernelNs, before }: Registered): void {
    this.#daemonPid = daemonPid;
    this.#registrations.acknowledged(slot);
    if (slot !== probeSlot) return;
    this.#probe.answered('registered', kernelNs);
    if (this.#armed && before !== probeSlot) this.#end('its maps were emptied');
  }

  #touched(kernel: KernelTouch): void {
    if (kernel.pid === this.#daemonPid) return;
    // Somebody else may read the daemon's own file.
    if (kernel.slot === probeSlot) {
      if (heldBy(kernel) === 'stopped') this.#options.stoppedInVain(kernel);
      return;
    }
    if (kernel.slot === 0) {
      this.#options.card(kernel.tid, toActor(kernel));
      return;
    }
    const slot = this.#options.slot(kernel.slot);
    const told = slot && toTouch(kernel, slot.trap.id, this.#epochNs(kernel.kernelNs));
    if (slot === undefined || told === undefined) {
      if (heldBy(kernel) === 'stopped') this.#options.stoppedInVain(kernel);
      return;
    }
    this.#options.touched({ ...told, actor: this.#told.complete(told.actor) }, slot);
  }

  #counted(more: MoreTouches): void {
    const slot = this.#options.slot(more.slot);
    const op = opOfCode(more.op);
    const count = this.#counters.raised(more);
    if (slot === undefined || op === undefined || count === 0) return;
    const atNs = this.#options.clock.nowNs();
    const touch = { trapId: slot.trap.id, op, atNs, actor: this.#told.of(more), count };
    this.#options.touched(touch, slot);
  }

  #epochNs(kernelNs: bigint): bigint {
    return this.#bootClock.toEpochNs(kernelNs) ?? this.#options.clock.nowNs();
  }

  /** Up to when everything has arrived, in ns since the epoch. */
  get #completeUntilNs(): bigint | undefined {
    const { completeUntilNs } = this.#pulse;
    return completeUntilNs === undefined ? undefined : this.#bootClock.toEpochNs(completeUntilNs);
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#watch.end();
    this.#assembler.finish();
    this.#trailAssembler.finish();
    this.#child?.kill('SIGKILL');
    this.#options.ended(reason);
  }
}
