import { auditCatalogue } from './audit-catalogue.js';
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
    for (const event of events) if (concernsOperator(event)) diagnostics.warn(event.message, factsOf(event));
    try {
      await audit.append(...events);
    } catch (error) {
      diagnostics.error((error as Error).message);
    }
  };
}

/** The audit log is for the SIEM; what is serious is told to whoever looks at the daemon as well. */
function concernsOperator({ action }: AuditEvent): boolean {
  // The touch that opened an incident follows it and says the same.
  return action !== 'incident-opened' && auditCatalogue[action].severity >= 50;
}

function factsOf({ incident }: AuditEvent): Record<string, unknown> {
  return incident === undefined ? {} : { incident: incident.id };
}
