import type { TouchOp } from '../../core/touch.js';
import type { FirstLook } from './first-look.js';
import type { ThreadOwner } from './thread-owner.js';

export type Verdict = 'allow' | 'deny';

/** One touch of something marked, or several of the same kind. */
export interface MarkEvent {
  /** Of what was marked, as `addFile` or `addFolder` was told. */
  readonly id: number;
  /** Thread that did it; 0 when it is outside the daemon's pid namespace. */
  readonly threadId: number;
  /**
   * Its process. Always found in permission mode, where the thread stands still while it is looked
   * up; in notify mode undefined when it has ended already.
   */
  readonly owner: ThreadOwner | undefined;
  /** Nobody saw the owner now: the thread's number was its own a while ago, and may be another's since. */
  readonly isOwnerGuessed?: boolean;
  /** What was read of the owner at once, where it was asked for. */
  readonly look?: FirstLook;
  /** Kernel's event bits (FAN_*); those of several events that it merged. */
  readonly mask: number;
  /** What the bits mean, in the order in which they happened. */
  readonly ops: readonly TouchOp[];
  /** How many events of the kernel this stands for. */
  readonly count: number;
  /** ns since the Unix epoch when the event was read. */
  readonly atNs: bigint;
  /** To be given to `answer`: the kernel holds the thread until then, or until `holdMs` are over. */
  readonly held: number | undefined;
  /** Its process was stopped or killed before it was let go. */
  readonly contained?: 'stopped' | 'killed';
  /** It was refused already. */
  readonly denied: boolean;
}
