import { closeSync, openSync, readSync } from 'node:fs';
import { toPrintable } from '../../core/printable.js';

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
  readonly #proc: string;
  readonly #buffer = Buffer.alloc(4096);
  readonly #processes = new Map<string, Process>();

  constructor(proc = '/proc') {
    this.#proc = proc;
  }

  /** Undefined when there is no such thread. */
  of(threadId: number): ThreadOwner | undefined {
    const stat = threadId > 0 ? parseStat(this.#read(`${threadId}/stat`)) : undefined;
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
    const processId = Number(/\nTgid:\t(\d+)\n/.exec(this.#read(`${threadId}/status`))?.[1]);
    const leader = processId > 0 ? parseStat(this.#read(`${processId}/stat`)) : undefined;
    if (leader === undefined) return undefined;
    if (this.#processes.size >= mostRemembered) this.#processes.clear();
    const process = { processId, startedAtNs: leader.startedAtNs };
    this.#processes.set(key, process);
    return process;
  }

  #read(name: string): string {
    try {
      const fd = openSync(`${this.#proc}/${name}`, 'r');
      try {
        return this.#buffer.toString('latin1', 0, readSync(fd, this.#buffer));
      } finally {
        closeSync(fd);
      }
    } catch {
      return '';
    }
  }
}

/** Fields 2, 4 and 22 of /proc/PID/stat (proc_pid_stat(5)); the name may hold anything, also brackets. */
export function parseStat(stat: string): Omit<ThreadOwner, 'processId'> | undefined {
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ', 21);
  const [parentId, startTicks] = [fields[1], fields[19]];
  if (parentId === undefined || startTicks === undefined || !/^\d+$/.test(startTicks)) return undefined;
  const name = Buffer.from(stat.slice(stat.indexOf('(') + 1, nameEnd), 'latin1');
  return {
    parentId: Number(parentId),
    startedAtNs: BigInt(startTicks) * nsPerTick,
    name: toPrintable(name),
  };
}

/** USER_HZ is 100 on every architecture that Node runs on. */
const nsPerTick = 10_000_000n;
