/** Content too large to be held in memory. */
export interface LargeContent {
  /** Size in bytes as far as known before; more than this is not read. */
  readonly bytes: number;
  /** May be asked for once; rejects with the system's error. */
  chunks(): AsyncIterable<Uint8Array>;
}

export type EvidenceContent = Uint8Array | LargeContent;

/** Keeps what was captured of an incident, within bounds of one incident and of all together. */
export interface EvidenceStore {
  /**
   * Writes one file of an incident, durable when it resolves; the same name again is kept as it was.
   * `name` is relative, of letters, digits, dots, dashes and slashes. A file beyond the bounds is left
   * out, and the incident's list of what was left out says so.
   */
  save(incidentId: string, name: string, content: EvidenceContent): Promise<void>;
  /** The incident is open: its files are not removed to make room. Until it is closed. */
  opened(incidentId: string): void;
  closed(incidentId: string): void;
  /** Absolute path of an incident's folder on this host. */
  folder(incidentId: string): string;
}
