import { verifyLog } from '../audit/verify-log.js';

export interface AuditLogCheck {
  readonly intact: boolean;
  /** What was found, one line each. */
  readonly lines: readonly string[];
}

/**
 * Recomputes the chain of an audit log and puts the result in words.
 * @throws NodeJS.ErrnoException when it cannot be read
 */
export async function checkAuditLog(path: string): Promise<AuditLogCheck> {
  const { records, firstSeq, head, breaks } = await verifyLog(path);
  if (breaks.length > 0) return { intact: false, lines: breaks };
  if (head === undefined || firstSeq === undefined) return { intact: true, lines: ['no records'] };
  const earlier = firstSeq > 1 ? `, continues a file that ended with record ${firstSeq - 1}` : '';
  return {
    intact: true,
    lines: [`intact: ${records} records, ${firstSeq} to ${head.seq}${earlier}; last hash ${head.hash}`],
  };
}
