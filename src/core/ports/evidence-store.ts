/** Keeps what was captured of an incident. */
export interface EvidenceStore {
  /**
   * Writes one file of an incident, durable when it resolves; the same name again is kept as it was.
   * `name` is relative, of letters, digits, dots, dashes and slashes.
   */
  save(incidentId: string, name: string, content: Uint8Array): Promise<void>;
  /** Absolute path of an incident's folder on this host. */
  folder(incidentId: string): string;
}
