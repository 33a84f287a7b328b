import type { ProcessFacts } from '../core/actor.js';

/** A process, whatever became of its number since. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start on the boot clock in ns. */
  readonly startedAtNs: bigint;
}

/** Undefined without a start time: a pid alone may be another process's by now. */
export function identityOf({ pid, startedAtNs }: ProcessFacts): ProcessIdentity | undefined {
  return startedAtNs === undefined ? undefined : { pid, startedAtNs };
}
