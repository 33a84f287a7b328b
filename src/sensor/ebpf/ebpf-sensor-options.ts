import type { Exemption } from '../../core/exemption.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { Inspect } from '../marks/actors.js';
import type { FollowOptions } from './follow/follow-settings.js';
import type { HoldChoice, TamperChoice } from './hold-plan.js';
import type { HookSet } from './hook-plan.js';

export interface EbpfSensorOptions {
  /** Folder of the script pieces. */
  readonly bpfFolder: string;
  /** Folder of the daemon's own files, only root may enter it. */
  readonly stateDir: string;
  readonly restartMinMs: number;
  readonly restartMaxMs: number;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Which hooks to use; the best that work here when absent. */
  readonly hookSet?: HookSet;
  /** What the kernel does at once to whoever touches a trap; nothing when absent. */
  readonly containment?: HoldChoice;
  /** The same to whoever opens a trap for writing, where it is more; nothing when absent. */
  readonly onTamper?: TamperChoice;
  /** Programs that are not held as far as the kernel can tell; ancestors are for others to compare. */
  readonly exemptions?: readonly Exemption[];
  /** Paths of programs that are never held; container engines when absent. */
  readonly neverStopped?: readonly string[];
  /** The actor of a thread as /proc shows it now. */
  readonly inspect: Inspect;
  /** How the actors of touches are followed; not at all when absent. */
  readonly follow?: FollowOptions;
  readonly command?: string;
  readonly startTimeoutMs?: number;
  readonly heartbeatMs?: number;
}
