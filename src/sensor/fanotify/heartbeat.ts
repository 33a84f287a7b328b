import { uptime } from 'node:os';
import type { Clock } from '../../core/ports/clock.js';
import { printableText } from '../../core/printable.js';

/** The two groups that must answer each touch. */
export type Answerer = 'permission' | 'notify';

export interface HeartbeatOptions {
  /** The touch of the daemon's own that must come back. */
  readonly touch: () => Promise<void>;
  readonly clock: Clock;
  /** ms since the host's start, time asleep included, which no setting of the clock moves; the host's own when absent. */
  readonly uptimeMs?: () => number;
  /** ms between two touches, and the longest time until one is answered. */
  readonly intervalMs: number;
  /** Longest time in ms until the first answer. */
  readonly proofMs: number;
  readonly onFirst: () => void;
  /** The daemon did not run for so many s (SIGSTOP, a host asleep): whoever touched a trap waited as long. */
  readonly onStandstill: (seconds: number) => void;
  /** Called once, when an answer is overdue or the touch fails; nothing follows it. */
  readonly onSilence: (reason: string) => void;
}

/** A timer that is later than this was no matter of a busy host. */
const mostLateMs = 2000;
/** An answer may be behind so many ms of other events. */
const mostBehindMs = 60_000;

/** Touches the probe again and again, and notices when one of the groups stays silent. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #waiting = new Set<Answerer>();
  /** Who told of another touch since it was asked last whether they answer. */
  readonly #speaking = new Set<Answerer>();
  #behindMs = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;
  #answeredAtNs: bigint | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Time of the last touch that both answered, ns since the Unix epoch. */
  get answeredAtNs(): bigint | undefined {
    return this.#answeredAtNs;
  }

  start(): void {
    void this.#beat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** To be called at every other event: while they come, the answer may be on its way behind them. */
  spoke(by: Answerer): void {
    this.#speaking.add(by);
  }

  /** To be called at every event of the probe. */
  answered(by: Answerer): void {
    if (this.#stopped || !this.#waiting.delete(by) || this.#waiting.size > 0) return;
    const isFirst = this.#answeredAtNs === undefined;
    this.#answeredAtNs = this.#options.clock.nowNs();
    if (isFirst) this.#options.onFirst();
  }

  async #beat(): Promise<void> {
    const { touch, intervalMs, proofMs } = this.#options;
    this.#waiting.add('permission').add('notify');
    const patienceMs = this.#answeredAtNs === undefined ? proofMs : intervalMs;
    // Before the touch: one that the kernel holds for ever is a silence too.
    this.#judgeAfter(patienceMs, patienceMs);
    try {
      await touch();
    } catch (error) {
      this.#silent(`the probe file cannot be touched: ${printableText(String(error))}`);
      return;
    }
    // The first answer comes within milliseconds: the beats go on from it, not from the patience.
    if (patienceMs !== intervalMs && !this.#stopped) {
      this.#cancel?.();
      this.#judgeAfter(intervalMs, patienceMs, patienceMs - intervalMs);
    }
  }

  /** `leftMs` is what an answer has time for after `waitMs`. */
  #judgeAfter(waitMs: number, patienceMs: number, leftMs = 0): void {
    const { clock, uptimeMs = () => uptime() * 1000, onStandstill } = this.#options;
    const dueMs = uptimeMs() + waitMs;
    this.#cancel = clock.after(waitMs, () => {
      const lateMs = uptimeMs() - dueMs;
      const stoodStill = lateMs > mostLateMs;
      // Before an answer can come: the time of the last one is when the standstill began.
      if (stoodStill && this.#answeredAtNs !== undefined) onStandstill(Math.round(lateMs / 1000));
      // A blocked event loop runs its timers before it hears the worker, which stood still too.
      setImmediate(() => this.#judge(patienceMs, stoodStill ? patienceMs : leftMs));
    });
  }

  #judge(patienceMs: number, leftMs: number): void {
    if (this.#stopped) return;
    if (this.#waiting.size === 0) {
      this.#behindMs = 0;
      void this.#beat();
      return;
    }
    // In a flood it is busy, not blind: a restart would leave the traps unwatched, which the flood may be for.
    const isBehind = [...this.#waiting].every((by) => this.#speaking.has(by));
    this.#speaking.clear();
    if (isBehind && this.#behindMs < mostBehindMs) {
      this.#behindMs += patienceMs;
      this.#judgeAfter(patienceMs, patienceMs, leftMs);
    } else if (leftMs > 0) this.#judgeAfter(leftMs, patienceMs);
    else this.#silent(`fanotify (${[...this.#waiting].join(' and ')}) did not answer for ${patienceMs} ms`);
  }

  #silent(reason: string): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onSilence(reason);
  }
}
