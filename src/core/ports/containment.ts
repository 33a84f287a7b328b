import type { ProcessFacts } from '../actor.js';
import type { Trap } from '../trap.js';

/** What identifies a process for good. */
export interface ContainedProcess {
  /** Thread group id in the initial pid namespace. */
  readonly pid: number;
  /** `start_boottime` in ns; /proc tells it in hundredths of a second, which is what is compared. */
  readonly startedAtNs: bigint;
}

/**
 * Stops, releases and ends processes by signal, never another than was meant: the pid is pinned and
 * its start compared before. False when the process is gone, or is one that must never be stopped.
 * None of the calls rejects.
 */
export interface Containment {
  stop(process: ContainedProcess): Promise<boolean>;
  release(process: ContainedProcess): Promise<boolean>;
  kill(process: ContainedProcess): Promise<boolean>;
  /** True while it stands still by a stop signal. */
  isStopped(process: ContainedProcess): boolean;
  /**
   * Processes that stand still by a stop signal with one of the traps open or mapped: of a stop in the
   * kernel that nobody heard of.
   */
  stranded(traps: readonly Trap[]): Promise<readonly (ContainedProcess & Pick<ProcessFacts, 'name'>)[]>;
}
