import { toPrintable } from '../../core/printable.js';
import type { ProcFiles } from './proc-files.js';

/** Whose thread it is. */
export interface ThreadOwner {
  readonly processId: number;
  /** Start of the process on the boot clock in ns, rounded down to 10 ms: its id may soon be another's. */
  readonly startedAtNs: bigint;
  readonly parentId: number;
  /** Printable `comm`, known for the first thread of a process. */
  readonly name: string | undefined;
}

type Process = Pick<ThreadOwner, 'processId' | 'startedAtNs'>;

const mostRemembered = 4096;

/** Finds processes of threads that stand still; as fast as it goes, for a flood is asked one by one. */
export class ThreadOwners {
  readonly #proc: ProcFiles;
  readonly #processes = new Map<string, Process>();

  constructor(proc: ProcFiles) {
    this.#proc = proc;
  }

  /** Undefined when there is no such thread. */
  of(threadId: number): ThreadOwner | undefined {
    const stat = threadId > 0 ? parseStat(this.#proc.read(`${threadId}/stat`)) : undefined;
    if (stat === undefined) return undefined;
    const process = this.#processOf(threadId, stat.startedAtNs);
    if (process === undefined) return undefined;
    const name = process.processId === threadId ? stat.name : undefined;
    return { ...process, parentId: stat.parentId, name };
  }

  /** A thread never changes its process: its start time tells it from a later one of the same id. */
  #processOf(threadId: number, startedAtNs: bigint): Process | undefined {
    const key = `${threadId} ${startedAtNs}`;
    const known = this.#processes.get(key);
    if (known !== undefined) return known;
    const processId = Number(/\nTgid:\t(\d+)\n/.exec(this.#proc.read(`${threadId}/status`))?.[1]);
    const leader = processId > 0 ? parseStat(this.#proc.read(`${processId}/stat`)) : undefined;
    if (leader === undefined) return undefined;
    if (this.#processes.size >= mostRemembered) this.#processes.clear();
    const process = { processId, startedAtNs: leader.startedAtNs };
    this.#processes.set(key, process);
    return process;
  }
}

/** What is of use here of /proc/PID/stat. */
export interface Stat {
  readonly name: string;
  readonly parentId: number;
  readonly posixSession: number;
  readonly startedAtNs: bigint;
}

/** Fields 2, 4, 6 and 22 of proc_pid_stat(5); the name may hold anything, also brackets. */
export function parseStat(stat: string): Stat | undefined {
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ', 21);
  const startTicks = fields[19];
  if (startTicks === undefined || !/^\d+$/.test(startTicks)) return undefined;
  const name = Buffer.from(stat.slice(stat.indexOf('(') + 1, nameEnd), 'latin1');
  return {
    name: toPrintable(name),
    parentId: Number(fields[1]),
    posixSession: Number(fields[3]),
    startedAtNs: BigInt(startTicks) * nsPerTick,
  };
}

/** USER_HZ is 100 on every architecture that Node runs on. */
const nsPerTick = 10_000_000n;
