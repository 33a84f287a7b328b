/** A process of the daemon's own that touches a file and ends. */
export interface TouchingProcess {
  readonly pid: number;
  /** Whether it could read the file; never rejects. */
  readonly ended: Promise<boolean>;
}

/** Starts processes that touch a trap as an intruder would. */
export interface Toucher {
  /** Opens and reads the file at a printable path; undefined when no process can be started. */
  touch(path: string): TouchingProcess | undefined;
}
