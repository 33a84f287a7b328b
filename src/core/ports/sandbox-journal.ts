/** A sandbox that runs, as a daemon that is killed leaves word of it. */
export interface KeptSandbox {
  readonly incidentId: string;
  readonly actorKey: string;
  /** When its incident was opened, ns since the epoch. */
  readonly openedAtNs: bigint;
  /** When it is removed at the latest, ns since the epoch. */
  readonly untilNs: bigint;
}

/** Remembers which sandboxes run, across runs of the daemon. */
export interface SandboxJournal {
  /** What an earlier run left; nothing where that cannot be read. */
  load(): Promise<readonly KeptSandbox[]>;
  /** Replaces the list. Never rejects. */
  save(sandboxes: readonly KeptSandbox[]): Promise<void>;
}
