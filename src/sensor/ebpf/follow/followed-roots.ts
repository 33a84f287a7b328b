import { ProcFiles } from '../../marks/proc-files.js';
import { parseStat } from '../../marks/thread-owner.js';

const most = 1024;

interface Root {
  readonly startTick: bigint | undefined;
  seenAtMs: number;
}

/**
 * Processes because of whose touches others are followed. A script that is started anew knows none of
 * them, and who touched once need not touch again.
 */
export class FollowedRoots {
  readonly #idleMs: number;
  readonly #proc: ProcFiles;
  readonly #nowMs: () => number;
  readonly #roots = new Map<number, Root>();

  constructor(idleSeconds: number, proc = new ProcFiles(), nowMs: () => number = () => performance.now()) {
    this.#idleMs = idleSeconds * 1000;
    this.#proc = proc;
    this.#nowMs = nowMs;
  }

  /** It touched a trap, or is followed for somebody who did; its start is asked for where it is not known. */
  add(pid: number, startedAtNs?: bigint): void {
    const known = this.#roots.get(pid);
    const startTick = tickOf(startedAtNs) ?? known?.startTick ?? this.#startTick(pid);
    this.#roots.delete(pid);
    this.#roots.set(pid, { startTick, seenAtMs: this.#nowMs() });
    if (this.#roots.size > most) this.#roots.delete(this.#roots.keys().next().value as number);
  }

  /** Something was told because of it. */
  seen(pid: number): void {
    const root = this.#roots.get(pid);
    if (root !== undefined) root.seenAtMs = this.#nowMs();
  }

  /** Pids of those that still run and were not idle for too long. */
  alive(): number[] {
    const since = this.#nowMs() - this.#idleMs;
    for (const [pid, { startTick, seenAtMs }] of this.#roots)
      if (seenAtMs < since || startTick === undefined || this.#startTick(pid) !== startTick)
        this.#roots.delete(pid);
    return [...this.#roots.keys()];
  }

  #startTick(pid: number): bigint | undefined {
    return tickOf(parseStat(this.#proc.read(`${pid}/stat`))?.startedAtNs);
  }
}

/** /proc knows start times to 10 ms only. */
function tickOf(startedAtNs: bigint | undefined): bigint | undefined {
  return startedAtNs === undefined ? undefined : startedAtNs / 10_000_000n;
}
