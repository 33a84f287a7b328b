import type { ProcessFacts } from '../core/actor.js';
import type { ProcReader } from './proc-reader.js';
import { sameStart } from './start-time.js';
import { terminalName } from './terminal-name.js';

/** What /proc told of one process at one time, all of it of the same process. */
export interface ProcessSnapshot {
  readonly facts: ProcessFacts;
  readonly posixSession: number;
  readonly tty?: string;
  readonly loginUid?: number;
  readonly auditSession?: number;
}

/** A process, whatever became of its number since. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start on the boot clock in ns. */
  readonly startedAtNs: bigint;
}

/**
 * Reads a process, and at most `mostBytes` of its arguments and of each path; undefined when it is
 * gone, was never there, or its pid is another's now.
 */
export async function takeSnapshot(
  reader: ProcReader,
  { pid, startedAtNs }: ProcessIdentity,
  mostBytes?: number,
): Promise<ProcessSnapshot | undefined> {
  const before = await reader.stat(pid);
  if (before === undefined || !sameStart(before.startedAtNs, startedAtNs)) return undefined;
  const [credentials, args, executable, workingDirectory, loginUid, auditSession] = await Promise.all([
    reader.credentials(pid),
    reader.args(pid, mostBytes),
    reader.executable(pid, mostBytes),
    reader.workingDirectory(pid, mostBytes),
    reader.loginUid(pid),
    reader.auditSession(pid),
  ]);
  // The number may have gone to another process between the first file and the last.
  const after = await reader.stat(pid);
  if (after === undefined || !sameStart(after.startedAtNs, startedAtNs)) return undefined;
  const tty = terminalName(before.ttyNumber);
  return {
    facts: {
      pid,
      startedAtNs,
      name: before.name,
      ...credentials,
      ...(args !== undefined && args.length > 0 && { args }),
      ...(executable !== undefined && { executable }),
      ...(workingDirectory !== undefined && { workingDirectory }),
    },
    posixSession: before.posixSession,
    ...(tty !== undefined && { tty }),
    ...(loginUid !== undefined && { loginUid }),
    ...(auditSession !== undefined && { auditSession }),
  };
}
