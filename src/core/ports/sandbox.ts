import type { GuestChannel, GuestListener, GuestRequest } from '../decoy/guest.js';

export interface SandboxRequest {
  readonly incidentId: string;
}

export interface RunningSandbox {
  readonly incidentId: string;
  /** Container name, `phantom_forensics_<incident id>`. */
  readonly name: string;
  /** The engine's own identifier. */
  readonly id: string;
  readonly image: string;
  /** Inode number of its cgroup, by which the sensor knows its processes; absent where it has none of its own. */
  readonly cgroupId?: bigint;
  /** It was ready before it was asked for. */
  readonly warm?: boolean;
}

/** A file that somebody brought into a sandbox, or made or changed there. */
export interface BroughtFile {
  /** Inside, printable. */
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Absent when it is larger than was asked for, or known already. */
  readonly content?: Uint8Array;
}

/** The place an intruder is shown instead of the host. */
export interface Sandbox {
  /** The engine, such as `docker`. */
  readonly engine: string;
  /**
   * Makes what every sandbox needs (image, network), and a warm one where the configuration wants it. Idempotent.
   * @throws SandboxUnavailable
   */
  prepare(): Promise<void>;
  /**
   * Starts one and returns when it runs. A second call for the same incident returns the first's.
   * @throws SandboxUnavailable
   */
  start(request: SandboxRequest): Promise<RunningSandbox>;
  /** Whether it still runs. @throws SandboxUnavailable */
  isRunning(incidentId: string): Promise<boolean>;
  /**
   * Runs a guest's program in a sandbox that runs. The listener's `exited` is always called once it has begun.
   * @throws SandboxUnavailable when it cannot begin
   */
  run(incidentId: string, request: GuestRequest, listener: GuestListener): Promise<GuestChannel>;
  /**
   * Files in its writable folders that were not there when it started, with the content of those up to
   * `mostBytes` whose hash `isKnown` does not know. Bounded; follows no link.
   * @throws SandboxUnavailable
   */
  broughtFiles(
    incidentId: string,
    mostBytes: number,
    isKnown: (sha256: string) => boolean,
  ): AsyncIterable<BroughtFile>;
  /**
   * Stops and removes the incident's sandbox; none is no error.
   * @throws SandboxUnavailable
   */
  remove(incidentId: string): Promise<void>;
  /**
   * Takes up a sandbox that an earlier run of this installation left running; undefined when it does not run any more.
   * @throws SandboxUnavailable
   */
  resume(incidentId: string): Promise<RunningSandbox | undefined>;
  /**
   * Removes every sandbox that an earlier run of this installation left and nobody resumed; returns their names.
   * @throws SandboxUnavailable
   */
  removeOrphans(): Promise<readonly string[]>;
  /** Removes what stands ready for nobody (the warm one). Never throws. */
  close(): Promise<void>;
}

/** The engine does not answer or refuses; the message says why in one line. Worth another try later. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
}
