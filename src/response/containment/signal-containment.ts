import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Accomplice, ContainedProcess, Containment, Suspect } from '../../core/ports/containment.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { Trap } from '../../core/trap.js';
import { findAccomplices } from './accomplices.js';
import { isNeverStopped } from './never-stopped.js';
import { Pidfd } from './pidfd.js';
import { isEnding, isSignalPending, nsPerTick, type ProcProcess, readProcess } from './proc-process.js';
import { findStranded, type Stranded } from './stranded.js';

const { SIGSTOP, SIGCONT, SIGKILL } = constants.signals;
const lookMs = 1;
const mostLooks = 100;

/** Stops, releases and ends processes by signals that no other process can get. */
export class SignalContainment implements Containment {
  readonly #diagnostics: Pick<Diagnostics, 'error'>;

  constructor(options: { readonly diagnostics: Pick<Diagnostics, 'error'> }) {
    this.#diagnostics = options.diagnostics;
  }

  async stop(process: ContainedProcess): Promise<boolean> {
    return this.#send(process, SIGSTOP);
  }

  async release(process: ContainedProcess): Promise<boolean> {
    return this.#send(process, SIGCONT);
  }

  async kill(process: ContainedProcess): Promise<boolean> {
    return this.#send(process, SIGKILL);
  }

  isStopped(process: ContainedProcess): boolean {
    return runningAs(process)?.state === 'T';
  }

  async standsStill(process: ContainedProcess): Promise<boolean> {
    for (let looks = 0; looks < mostLooks && isStopOnItsWay(process); looks += 1) await sleep(lookMs);
    return this.isStopped(process);
  }

  isAlive(process: ContainedProcess): boolean {
    return runningAs(process) !== undefined;
  }

  async accomplices(of: Suspect): Promise<readonly Accomplice[]> {
    return findAccomplices(of);
  }

  stranded(traps: readonly Trap[]): Promise<readonly Stranded[]> {
    return findStranded(traps);
  }

  #send(contained: ContainedProcess, signal: number): boolean {
    const { pid } = contained;
    if (pid <= 1) return false;
    try {
      const pinned = Pidfd.open(pid);
      try {
        // Only now: before, the number might still have become another's.
        const found = runningAs(contained);
        if (pinned === undefined || found === undefined) return false;
        // Whoever was stopped by mistake may always go on.
        // In this order: who ends in between looks like a stranger.
        if (signal !== SIGCONT && (isNeverStopped(pid, found) || isEnding(found))) return false;
        return pinned.send(signal);
      } finally {
        pinned?.close();
      }
    } catch (error) {
      this.#diagnostics.error(`process ${pid}: ${(error as Error).message}`);
      return this.#sendUnpinned(contained, signal);
    }
  }

  /** Where nothing can be pinned, nobody is stopped or killed; but nobody is to stand still for that. */
  #sendUnpinned(contained: ContainedProcess, signal: number): boolean {
    if (signal !== SIGCONT || runningAs(contained) === undefined) return false;
    try {
      return process.kill(contained.pid, signal);
    } catch {
      return false;
    }
  }
}

/** The process as it is now; undefined when it has ended or its number is another's. */
function runningAs({ pid, startedAtNs }: ContainedProcess): ProcProcess | undefined {
  const found = readProcess(pid);
  if (found === undefined || found.startTicks !== startedAtNs / nsPerTick) return undefined;
  return found.state === 'Z' || found.state === 'X' ? undefined : found;
}

/**
 * It was sent a stop and has not come to it: it waits for a processor, or for a vfork(2) child. A SIGCONT now
 * would take the stop away unseen (prepare_signal in kernel/signal.c), and it would go on as if nobody came.
 */
function isStopOnItsWay(process: ContainedProcess): boolean {
  return isSignalPending(process.pid, SIGSTOP) && runningAs(process) !== undefined;
}
