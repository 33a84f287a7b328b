import type { ProcessFacts } from '../actor.js';
import type { Trap } from '../trap.js';

/** What identifies a process for good. */
export interface ContainedProcess {
  /** Thread group id in the initial pid namespace. */
  readonly pid: number;
  /** `start_boottime` in ns; /proc tells it in hundredths of a second, which is what is compared. */
  readonly startedAtNs: bigint;
}

/** A process whose accomplices are looked for; it may have ended. */
export interface Suspect extends ContainedProcess {
  readonly parent?: number;
  readonly posixSession: number;
  /** Of its program, as the kernel told it. */
  readonly executableFile: { readonly device: bigint; readonly inode: bigint };
}

/** The name is printable. */
export type Accomplice = ContainedProcess & { readonly name: string };

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
  /** The same, once a stop that is on its way has arrived; after 100 ms it is not waited for any more. */
  standsStill(process: ContainedProcess): Promise<boolean>;
  /** Processes that run the same program beside it: in its session, and its process group or next of kin. */
  accomplices(of: Suspect): Promise<readonly Accomplice[]>;
  /**
   * Processes that stand still by a stop signal with one of the traps open or mapped: of a stop in the
   * kernel that nobody heard of.
   */
  stranded(traps: readonly Trap[]): Promise<readonly (ContainedProcess & Pick<ProcessFacts, 'name'>)[]>;
}
