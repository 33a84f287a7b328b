export interface SandboxRequest {
  readonly incidentId: string;
  /** Folder with the incident's evidence on the host, shown read-only inside. */
  readonly evidenceFolder: string;
}

export interface RunningSandbox {
  readonly incidentId: string;
  /** Container name, `phantom_forensics_<incident id>`. */
  readonly name: string;
  /** The engine's own identifier. */
  readonly id: string;
  readonly image: string;
}

/** The place an intruder is shown instead of the host. */
export interface Sandbox {
  /** The engine, such as `docker`. */
  readonly engine: string;
  /**
   * Makes what every sandbox needs (image, network). Idempotent.
   * @throws SandboxUnavailable
   */
  prepare(): Promise<void>;
  /**
   * Starts one and returns when it runs. A second call for the same incident returns the first's.
   * @throws SandboxUnavailable
   */
  start(request: SandboxRequest): Promise<RunningSandbox>;
  /**
   * Stops and removes the incident's sandbox; none is no error.
   * @throws SandboxUnavailable
   */
  remove(incidentId: string): Promise<void>;
  /**
   * Removes every sandbox that an earlier run of this installation left; returns their names.
   * @throws SandboxUnavailable
   */
  removeOrphans(): Promise<readonly string[]>;
}

/** The engine does not answer or refuses; the message says why in one line. Worth another try later. */
export class SandboxUnavailable extends Error {
  override readonly name = 'SandboxUnavailable';
}
