import type { Actor } from '../../core/actor.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import type { Touch } from '../../core/touch.js';
import type { TrailEvent } from '../../core/trail.js';
import type { Registrar } from './registration.js';
import type { TrapInodes } from './trap-inodes.js';
import type { Slot } from './trap-slots.js';

export interface SessionOptions {
  readonly command: string;
  readonly scriptPath: string;
  /** The script sends signals, which bpftrace does only when told that it may. */
  readonly sendsSignals: boolean;
  readonly nonce: bigint;
  readonly probePath: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Longest time from start to armed, in ms. */
  readonly startTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly inodes: Pick<TrapInodes, 'hold'>;
  /** The script hears what it is told, and knows no trap yet. */
  proven(registrar: Registrar, carrierPath: string): void;
  /** What a slot stands for. */
  slot(number: number): Slot | undefined;
  /** A touch, and the slot it was made on. */
  touched(touch: Touch, slot: Slot): void;
  /**
   * A process was stopped, but not at a trap: the file with the number of one that is no more, or of
   * nobody's slot.
   */
  stoppedInVain(process: { readonly pid: number; readonly startedAtNs: bigint }): void;
  /** Who changed a trap, or ended, while fanotify's news of it was not read yet. */
  card(threadId: number, actor: Actor): void;
  /** Something that a followed process did. */
  followed(event: TrailEvent): void;
  /** So many events of followed processes were not told. */
  trailOmitted(count: number): void;
  /** The script knows this slot no longer. */
  forgotten(slot: number): void;
  /** Messages were lost since `sinceNs` (epoch); the session goes on. */
  lostMessages(count: number, sinceNs: bigint): void;
  /** So many runs of the hooks were left out by the kernel. */
  missedRuns(count: number): void;
  /** It is over; called once, also after `stop`. */
  ended(reason: string): void;
}
