import type { AuditEvent } from './audit-event.js';
import type { AuditLog } from './ports/audit-log.js';
import type { Diagnostics } from './ports/diagnostics.js';

/** Puts events on record; resolves when they are on disk, or when the disk refused them. */
export type Recorder = (...events: readonly AuditEvent[]) => Promise<void>;

/**
 * A recorder that goes on when the disk refuses: the log keeps the events and tells when it could
 * write them, and an intruder who fills the disk does not switch the response off.
 */
export function recordTo(audit: AuditLog, diagnostics: Diagnostics): Recorder {
  return async (...events) => {
    try {
      await audit.append(...events);
    } catch (error) {
      diagnostics.error((error as Error).message);
    }
  };
}
