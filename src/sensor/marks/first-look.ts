import { readlinkSync } from 'node:fs';
import { toPrintable } from '../../core/printable.js';
import type { ProcFiles } from './proc-files.js';
import { parseStat, type ThreadOwner } from './thread-owner.js';

/** A process by what its stat tells; printable. */
export interface SeenProcess {
  readonly pid: number;
  /** On the boot clock in ns, rounded down to 10 ms. */
  readonly startedAtNs: bigint;
  readonly name: string;
}

/**
 * What is read of a process at once, in the thread that reads its event. Nothing that needs the
 * memory of the process, such as its arguments: it can make such a read last as long as it likes
 * (userfaultfd(2) on its own stack), and others would stand still meanwhile.
 */
export interface FirstLook {
  readonly process: Omit<SeenProcess, 'name'> & {
    readonly name?: string;
    readonly uid?: number;
    readonly gid?: number;
    readonly executable?: string;
    readonly workingDirectory?: string;
  };
  /** Its parent first, PID 1 last; it ends early where one ended meanwhile. */
  readonly ancestors: readonly SeenProcess[];
  readonly posixSession?: number;
  /** Absent when never set. */
  readonly loginUid?: number;
  readonly auditSession?: number;
}

/** As many as are looked at for one touch: a chain has no bound of its own. */
const mostAncestors = 64;
/** `(uid_t)-1`, `AUDIT_SID_UNSET`. */
const unset = 0xffff_ffff;

/** Of a process that has ended meanwhile what its owner's facts tell, and its ancestors. */
export function firstLook(proc: ProcFiles, owner: ThreadOwner): FirstLook {
  const { processId: pid, startedAtNs, parentId, name } = owner;
  const stat = parseStat(proc.read(`${pid}/stat`));
  // Ended, or its id is another's by now.
  if (stat?.startedAtNs !== startedAtNs) {
    const process = { pid, startedAtNs, ...(name !== undefined && { name }) };
    return { process, ancestors: climb(proc, parentId) };
  }
  const ids = /\nUid:\t(\d+)[^\n]*\nGid:\t(\d+)/.exec(proc.read(`${pid}/status`));
  const executable = linkOf(proc, `${pid}/exe`);
  const workingDirectory = linkOf(proc, `${pid}/cwd`);
  const loginUid = numberOf(proc, `${pid}/loginuid`);
  const auditSession = numberOf(proc, `${pid}/sessionid`);
  return {
    process: {
      pid,
      startedAtNs,
      name: stat.name,
      ...(ids !== null && { uid: Number(ids[1]), gid: Number(ids[2]) }),
      ...(executable !== undefined && { executable }),
      ...(workingDirectory !== undefined && { workingDirectory }),
    },
    ancestors: climb(proc, stat.parentId),
    posixSession: stat.posixSession,
    ...(loginUid !== undefined && { loginUid }),
    ...(auditSession !== undefined && { auditSession }),
  };
}

function climb(proc: ProcFiles, parentId: number): SeenProcess[] {
  const found: SeenProcess[] = [];
  for (let pid = parentId; pid > 0 && found.length < mostAncestors; ) {
    const stat = parseStat(proc.read(`${pid}/stat`));
    if (stat === undefined) break;
    found.push({ pid, startedAtNs: stat.startedAtNs, name: stat.name });
    pid = stat.parentId;
  }
  return found;
}

function linkOf(proc: ProcFiles, name: string): string | undefined {
  try {
    return toPrintable(readlinkSync(`${proc.root}/${name}`, 'buffer'));
  } catch {
    return undefined;
  }
}

function numberOf(proc: ProcFiles, name: string): number | undefined {
  const text = proc.read(name);
  return /^\d+\s*$/.test(text) && Number(text) !== unset ? Number(text) : undefined;
}
