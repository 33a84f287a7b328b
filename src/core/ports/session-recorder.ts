/** What was asked for when a session began; strings are printable. */
export interface SessionFacts {
  readonly incidentId: string;
  /** Who is recorded: the visit's id. */
  readonly visitId: number;
  /** When it began, ns since the epoch. */
  readonly atNs: bigint;
  readonly columns: number;
  readonly rows: number;
  /** Value of TERM; absent without a terminal. */
  readonly terminalType?: string;
  readonly command?: string;
  readonly title: string;
}

/** A recording under way, bounded in size; what it leaves out at its bound is said in it. None of it throws. */
export interface SessionRecording {
  /** Name of its file in the incident's evidence. */
  readonly name: string;
  input(bytes: Uint8Array): void;
  output(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Resolves when it is on disk. */
  close(exitCode: number | undefined): Promise<void>;
}

/** Writes down what goes through the terminal of a guest: asciicast v3. */
export interface SessionRecorder {
  start(facts: SessionFacts): SessionRecording;
}
