import { AuditFileLog } from '../audit/audit-file-log.js';
import type { RememberedChain } from '../audit/head-file.js';
import { verifyLog } from '../audit/verify-log.js';
import { LogUnreadable } from './failure.js';

export interface AuditLogCheck {
  readonly intact: boolean;
  /** What was found, one line each. */
  readonly lines: readonly string[];
}

/**
 * Recomputes the chain of an audit log and puts the result in words. With the folder that the daemon
 * keeps its state in, records cut off the end are found too.
 * @throws LogUnreadable
 */
export async function checkAuditLog(path: string, stateDir?: string): Promise<AuditLogCheck> {
  const { records, firstSeq, head, breaks } = await verifyLog(path).catch((error: NodeJS.ErrnoException) => {
    throw new LogUnreadable(`audit log ${path} cannot be read: ${error.code ?? error.message}`);
  });
  if (breaks.length > 0) return { intact: false, lines: breaks };
  const remembered = stateDir === undefined ? undefined : await AuditFileLog.rememberedChain(stateDir);
  const missing = remembered === undefined ? [] : missingRecords(remembered, firstSeq, head?.seq);
  if (missing.length > 0) return { intact: false, lines: missing };
  if (head === undefined || firstSeq === undefined) return { intact: true, lines: ['no records'] };
  const earlier = firstSeq > 1 ? `, continues a file that ended with record ${firstSeq - 1}` : '';
  return {
    intact: true,
    lines: [`intact: ${records} records, ${firstSeq} to ${head.seq}${earlier}; last hash ${head.hash}`],
  };
}

function missingRecords(
  remembered: RememberedChain,
  first: number | undefined,
  last: number | undefined,
): string[] {
  if (first === undefined || last === undefined)
    return [`the log is empty, but ${remembered.seq} records were written`];
  const front = first - remembered.first;
  const end = remembered.seq - last;
  return [
    ...(front > 0 ? [`the first ${front} records are missing`] : []),
    ...(end > 0 ? [`the last ${end} records are missing`] : []),
  ];
}
