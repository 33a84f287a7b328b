/** Keeps what was captured of an incident. */
export interface EvidenceStore {
  /**
   * Writes one file of an incident, durable when it resolves; the same name again is kept as it was.
   * `name` is relative, of letters, digits, dots, dashes and slashes.
   */
  save(incidentId: string, name: string, content: Uint8Array): Promise<void>;
  /** The incident is open: its files are not removed to make room. Until it is closed. */
  opened(incidentId: string): void;
  closed(incidentId: string): void;
  /** Absolute path of an incident's folder on this host. */
  folder(incidentId: string): string;
}
