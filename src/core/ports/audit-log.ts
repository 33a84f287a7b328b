import type { AuditEvent } from '../audit-event.js';

/** The log that nobody can quietly edit. */
export interface AuditLog {
  /**
   * Writes the events in this order as one step; they are on disk when it resolves.
   * @throws AuditUnwritable when the disk refuses. The events are kept and written as soon as it
   * accepts again.
   */
  append(...events: readonly AuditEvent[]): Promise<void>;
}

/** The audit log cannot be written now; the message says why in one line. */
export class AuditUnwritable extends Error {
  override readonly name = 'AuditUnwritable';
}
