import type { Touch } from '../touch.js';
import type { TrailEvent } from '../trail.js';
import type { Trap } from '../trap.js';

export type SensorName = 'ebpf' | 'fanotify' | 'inotify';

/** A time in which touches may have gone unseen. */
export interface SensorGap {
  /** ns since the Unix epoch. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Number of lost messages where it is known. */
  readonly lost?: number;
  readonly reason: string;
}

/** What a sensor tells. Calls never throw. */
export interface SensorListener {
  touched(touch: Touch): void;
  /** Something that a process did which is followed since a touch. Sensors without BPF never tell. */
  followed(event: TrailEvent): void;
  /** So many events of followed processes were left out, because there were too many. */
  trailOmitted(count: number): void;
  /** The sensor is blind from now on and tries to come back by itself. */
  lost(reason: string): void;
  /** The sensor may have missed something between two times, and sees again. */
  gap(gap: SensorGap): void;
}

/** A trap that cannot be watched, with the reason in one line. */
export interface UnwatchedTrap {
  readonly trap: Trap;
  readonly reason: string;
}

/** Sees touches of traps. */
export interface Sensor {
  readonly name: SensorName;
  /**
   * Watches the traps; resolves when a touch of the daemon's own has come through the whole line. Up to
   * `coming` more files and folders will be added soon.
   * @throws SensorUnavailable when it cannot work on this host
   */
  arm(traps: readonly Trap[], listener: SensorListener, coming?: number): Promise<void>;
  /**
   * Watches more traps, beside those it watches; resolves when a touch of each would be seen.
   * `nowAt` is where a file lies before it gets its name, printable, so that nobody finds it unwatched.
   * Returns the traps that cannot be watched.
   */
  add(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Promise<readonly UnwatchedTrap[]>;
  /** Watches these no longer. What was seen of them until now is still told. */
  remove(traps: readonly Trap[]): Promise<void>;
  /**
   * This process, which runs now, is not stopped or killed again at a touch; its pid in the initial pid
   * namespace. Its touches are told as before.
   */
  spare(pid: number): void;
  /** Follows this process, as if it had touched a trap; its pid in the initial pid namespace. */
  follow(pid: number): void;
  /**
   * Follows every process of a cgroup, and who stems from it, from now on; its id is the inode number of its
   * folder, in the hierarchy of the pids controller. Sensors without BPF cannot.
   */
  followGroup?(cgroupId: bigint): void;
  /** Follows it no longer. */
  unfollowGroup?(cgroupId: bigint): void;
  /** Something outside found that it does not see: it starts anew, as after a loss of its own. */
  restart(reason: string): void;
  /** Stops watching and leaves nothing behind. */
  disarm(): Promise<void>;
}

/** This sensor cannot work here; the message says why in one line. */
export class SensorUnavailable extends Error {
  override readonly name = 'SensorUnavailable';
}
