import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { Touch, TouchOp } from '../../core/touch.js';
import { type SupervisedChild, startChild } from '../supervised-child.js';
import { BootClock } from './boot-clock.js';
import { LineReader } from './line-reader.js';
import type { Message } from './messages.js';
import { Probe } from './probe.js';
import { Pulse } from './pulse.js';
import { probeSlot, registerFile } from './registration.js';
import { opOfCode } from './script.js';
import { toTouch } from './to-touch.js';
import { type KernelTouch, TouchAssembler } from './touch-assembler.js';
import type { TrapSlots } from './trap-slots.js';

export interface SessionOptions {
  readonly command: string;
  readonly scriptPath: string;
  readonly nonce: bigint;
  readonly probePath: string;
  readonly slots: TrapSlots;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Longest time from start to armed, in ms. */
  readonly startTimeoutMs: number;
  readonly heartbeatMs: number;
  touched(touch: Touch): void;
  /** Messages were lost since `sinceNs` (epoch); the session goes on. */
  lostMessages(count: number, sinceNs: bigint): void;
  /** It is over; called once, also after `stop`. */
  ended(reason: string): void;
}

/** Environment of bpftrace; each setting was renamed in 0.20, both names are given. */
const environment = {
  BPFTRACE_STRLEN: '200',
  BPFTRACE_MAX_STRLEN: '200',
  BPFTRACE_MAP_KEYS_MAX: '65536',
  BPFTRACE_MAX_MAP_KEYS: '65536',
  BPFTRACE_PERF_RB_PAGES: '256',
};

/** Longest wait for what bpftrace still holds when it is stopped. */
const drainMs = 5000;

/** One run of bpftrace from start to end: armed by a proof, watched by its heartbeat. */
export class BpftraceSession {
  readonly #options: SessionOptions;
  readonly #bootClock = new BootClock();
  readonly #pulse = new Pulse();
  readonly #probe: Probe;
  readonly #assembler: TouchAssembler;
  readonly #reader: LineReader;
  #child: SupervisedChild | undefined;
  #endReason: string | undefined;
  #stopHeartbeat = () => {};
  #lost = 0;
  #armed = false;
  #soundUntilNs: bigint;
  /** Our pid as the kernel's initial namespace has it; `process.pid` is another one in a container. */
  #daemonPid: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#soundUntilNs = options.clock.nowNs();
    this.#probe = new Probe(options.probePath, () => options.clock.nowNs(), this.#bootClock);
    this.#assembler = new TouchAssembler({
      touch: (touch) => this.#touched(touch),
      lost: (count) => {
        this.#lost += count;
      },
    });
    this.#reader = new LineReader({
      message: (message) => this.#accept(message),
      lostEvents: () => {}, // the numbers of the lines tell the same, and on which processor
    });
  }

  /** Last time, in ns since the epoch, at which a touch is known to have come through. */
  get provenAtNs(): bigint | undefined {
    return this.#probe.answeredAtNs;
  }

  /** Resolves when armed: probes proven by a touch, all traps registered. Rejects with the reason. */
  async start(requiredOps: readonly TouchOp[]): Promise<void> {
    const { command, scriptPath, slots, diagnostics, startTimeoutMs } = this.#options;
    await this.#probe.create();
    this.#child = startChild({
      command,
      args: ['-B', 'line', '-f', 'json', scriptPath],
      environment,
      onLine: (line) => {
        this.#pulse.line();
        this.#reader.accept(line);
      },
      onExit: (reason) => this.#end(reason),
    });
    const deadline = performance.now() + startTimeoutMs;
    await this.#until(deadline, 20, 'its probes did not see the daemon touch its own file', () => {
      registerFile(this.#probe.path, probeSlot, this.#options.nonce);
      this.#probe.touch();
      return (
        requiredOps.every((op) => this.#probe.seen.has(op)) && this.#bootClock.toEpochNs(0n) !== undefined
      );
    });
    await this.#until(deadline, 50, 'not every trap was registered', async () => {
      const { failed } = await slots.register(this.#options.nonce);
      for (const { trap, code } of failed) diagnostics.warn(`trap ${trap.path} is not watched: ${code}`);
      return slots.waiting === 0;
    });
    this.#armed = true;
    this.#beat();
  }

  /** Ends it; what it saw until now is still told, then `ended` is called. */
  async stop(): Promise<void> {
    await this.#drain();
    this.#stopHeartbeat();
    // Nothing is left in it, and SIGKILL detaches its probes at once.
    this.#child?.kill('SIGKILL');
    await this.#child?.stop();
    await this.#probe.remove();
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

  #accept(message: Message): void {
    this.#assembler.accept(message);
    if (message.tag === 'heartbeat') this.#pulse.heartbeat(message.cpu, message.kernelNs);
    if (message.tag !== 'registered') return;
    this.#daemonPid = message.daemonPid;
    this.#options.slots.acknowledged(message.slot);
  }

  #touched(kernel: KernelTouch): void {
    if (kernel.slot === probeSlot) {
      const op = opOfCode(kernel.op);
      if (kernel.pid === this.#daemonPid && op !== undefined) this.#probe.answered(op, kernel.kernelNs);
      return;
    }
    const trap = this.#options.slots.trap(kernel.slot);
    const atNs = this.#bootClock.toEpochNs(kernel.kernelNs) ?? this.#options.clock.nowNs();
    const touch = trap && toTouch(kernel, trap.id, atNs);
    if (touch !== undefined) this.#options.touched(touch);
  }

  /** Once a heartbeat: tell what was lost, and touch the probe, which must come back in time. */
  #beat(): void {
    const { clock, heartbeatMs, diagnostics } = this.#options;
    this.#stopHeartbeat = clock.after(heartbeatMs, () => {
      // Lines that wait in the pipe behind a busy event loop are read first.
      setImmediate(() => {
        if (this.#endReason !== undefined) return;
        const unreadable = this.#reader.takeUnreadable();
        if (unreadable > 0) diagnostics.warn(`bpftrace printed ${unreadable} unreadable lines`);
        this.#reportLoss(unreadable);
        if (this.#isBlind(2 * heartbeatMs)) {
          this.#end('its probes no longer see the daemon touch its own file');
          return;
        }
        this.#touchProbe();
        this.#beat();
      });
    });
  }

  /** The probe waits too long, and it is not because its answer is behind other lines. */
  #isBlind(patienceMs: number): boolean {
    const since = this.#probe.unansweredSinceNs;
    if (since === undefined || this.#probe.waitingMs <= patienceMs) return false;
    if (this.#pulse.silentMs > patienceMs) return true;
    return (this.#completeUntilNs ?? 0n) > since + BigInt(patienceMs) * 1_000_000n;
  }

  /** Up to when everything has arrived, in ns since the epoch. */
  get #completeUntilNs(): bigint | undefined {
    const { completeUntilNs } = this.#pulse;
    return completeUntilNs === undefined ? undefined : this.#bootClock.toEpochNs(completeUntilNs);
  }

  #touchProbe(): void {
    try {
      this.#probe.touch();
    } catch (error) {
      this.#end(`the probe file cannot be touched: ${(error as NodeJS.ErrnoException).code}`);
    }
  }

  #reportLoss(unreadable: number): void {
    const lost = Math.max(this.#lost, unreadable);
    this.#lost = 0;
    if (lost > 0) this.#options.lostMessages(lost, this.#soundUntilNs);
    this.#soundUntilNs = this.#options.clock.nowNs();
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#stopHeartbeat();
    this.#assembler.finish();
    this.#child?.kill('SIGKILL');
    this.#options.ended(reason);
  }
}
