import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { MissedRuns } from './missed-runs.js';
import type { Probe } from './probe.js';
import type { Pulse } from './pulse.js';

export interface SessionWatchOptions {
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  readonly heartbeatMs: number;
  readonly probe: Probe;
  readonly pulse: Pulse;
  /** Up to when everything has arrived, in ns since the epoch. */
  completeUntilNs(): bigint | undefined;
  /** Lines that nobody could read since the last call. */
  takeUnreadable(): number;
  /** Messages were lost since `sinceNs` (epoch). */
  lostMessages(count: number, sinceNs: bigint): void;
  /** So many runs of the hooks were left out by the kernel. */
  missedRuns(count: number): void;
  /** It sees no longer. */
  failed(reason: string): void;
}

/** Heartbeats between two looks at the counters of the kernel: there is one to read for every hook. */
const beatsBetweenCounters = 10;

/** Once a heartbeat of a session: tell what was lost, and touch the probe, which must come back in time. */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  #missedRuns: MissedRuns | undefined;
  #cancel = () => {};
  #isOver = false;
  #lost = 0;
  #beats = 0;
  #soundUntilNs: bigint;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
    this.#soundUntilNs = options.clock.nowNs();
  }

  /** Numbers of lines were left out. */
  lost(count: number): void {
    this.#lost += count;
  }

  begin(missedRuns: MissedRuns | undefined): void {
    this.#missedRuns = missedRuns;
    this.#beat();
  }

  /** Nothing is told any more; not even what was lost since the last heartbeat. */
  end(): void {
    this.#isOver = true;
    this.#cancel();
  }

  reportMissedRuns(): void {
    const missed = this.#missedRuns?.take() ?? 0;
    if (missed > 0) this.#options.missedRuns(missed);
  }

  #beat(): void {
    const { clock, heartbeatMs } = this.#options;
    this.#cancel = clock.after(heartbeatMs, () => {
      // Lines that wait in the pipe behind a busy event loop are read first.
      setImmediate(() => {
        if (!this.#isOver) this.#look();
      });
    });
  }

  #look(): void {
    const { diagnostics, heartbeatMs, probe, takeUnreadable, failed } = this.#options;
    const unreadable = takeUnreadable();
    if (unreadable > 0) diagnostics.warn(`bpftrace printed ${unreadable} unreadable lines`);
    this.#reportLoss(unreadable);
    this.#beats += 1;
    if (this.#beats % beatsBetweenCounters === 0) this.reportMissedRuns();
    if (this.#isBlind(2 * heartbeatMs)) {
      failed(`its probes no longer see the daemon touch its own file (${probe.missing.join(', ')})`);
      return;
    }
    try {
      probe.touch();
    } catch (error) {
      failed(`the probe file cannot be touched: ${(error as NodeJS.ErrnoException).code}`);
      return;
    }
    this.#beat();
  }

  /** The probe waits too long, and it is not because its answer is behind other lines. */
  #isBlind(patienceMs: number): boolean {
    const { probe, pulse, completeUntilNs } = this.#options;
    const since = probe.unansweredSinceNs;
    if (since === undefined || probe.waitingMs <= patienceMs) return false;
    if (pulse.silentMs > patienceMs) return true;
    return (completeUntilNs() ?? 0n) > since + BigInt(patienceMs) * 1_000_000n;
  }

  #reportLoss(unreadable: number): void {
    const lost = Math.max(this.#lost, unreadable);
    this.#lost = 0;
    if (lost > 0) this.#options.lostMessages(lost, this.#soundUntilNs);
    this.#soundUntilNs = this.#options.clock.nowNs();
  }
}
