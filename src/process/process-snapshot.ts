import type { ProcessFacts } from '../core/actor.js';
import type { ProcReader } from './proc-reader.js';
import type { ProcessIdentity } from './process-identity.js';
import { Sitter } from './sitter.js';
import { terminalName } from './terminal-name.js';

/** What /proc told of one process at one time, all of it of the same process. */
export interface ProcessSnapshot {
  readonly facts: ProcessFacts;
  readonly posixSession: number;
  readonly tty?: string;
  readonly loginUid?: number;
  readonly auditSession?: number;
}

/**
 * Reads a process, and at most `mostBytes` of its arguments and of each path; undefined when it is
 * gone, was never there, or its pid is another's now. `threadId` is asked where the first thread has ended.
 */
export async function takeSnapshot(
  reader: ProcReader,
  identity: ProcessIdentity,
  mostBytes?: number,
  threadId?: number,
): Promise<ProcessSnapshot | undefined> {
  const sitter = Sitter.meet(reader, identity, threadId);
  if (sitter === undefined) return undefined;
  const { seat, stat } = sitter;
  const args = await reader.args(seat, mostBytes);
  const executable = reader.executable(seat, mostBytes);
  const isProgram = sitter.runsSame();
  const workingDirectory = reader.workingDirectory(seat, mostBytes);
  const credentials = reader.credentials(seat);
  const loginUid = reader.loginUid(seat);
  const auditSession = reader.auditSession(seat);
  // The number may have gone to another process between the first file and the last.
  if (!sitter.isSame()) return undefined;
  const tty = terminalName(stat.ttyNumber);
  return {
    facts: {
      pid: identity.pid,
      startedAtNs: identity.startedAtNs,
      name: stat.name,
      ...credentials,
      ...(isProgram && args !== undefined && args.length > 0 && { args }),
      ...(isProgram && executable !== undefined && { executable }),
      ...(workingDirectory !== undefined && { workingDirectory }),
    },
    posixSession: stat.posixSession,
    ...(tty !== undefined && { tty }),
    ...(loginUid !== undefined && { loginUid }),
    ...(auditSession !== undefined && { auditSession }),
  };
}
