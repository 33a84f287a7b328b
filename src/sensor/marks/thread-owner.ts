import { closeSync, openSync, readSync } from 'node:fs';

/** Whose thread it is. */
export interface ThreadOwner {
  readonly processId: number;
  readonly parentId: number;
  /** Names the process for good: its id may be another's a moment after its end. */
  readonly processKey: string;
}

interface Process {
  readonly processId: number;
  readonly processKey: string;
}

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
    const process = this.#processOf(threadId, stat.startTicks);
    return process === undefined ? undefined : { ...process, parentId: stat.parentId };
  }

  /** A thread never changes its process: its start time tells it from a later one of the same id. */
  #processOf(threadId: number, startTicks: string): Process | undefined {
    const key = `${threadId} ${startTicks}`;
    const known = this.#processes.get(key);
    if (known !== undefined) return known;
    const processId = Number(/\nTgid:\t(\d+)\n/.exec(this.#read(`${threadId}/status`))?.[1]);
    const leader = processId > 0 ? parseStat(this.#read(`${processId}/stat`)) : undefined;
    if (leader === undefined) return undefined;
    if (this.#processes.size >= mostRemembered) this.#processes.clear();
    const process = { processId, processKey: `${processId} ${leader.startTicks}` };
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

/** Fields 4 and 22 of /proc/PID/stat (proc_pid_stat(5)); the name before them may hold anything. */
export function parseStat(stat: string): { parentId: number; startTicks: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 21);
  const [parentId, startTicks] = [fields[1], fields[19]];
  if (parentId === undefined || startTicks === undefined || !/^\d+$/.test(startTicks)) return undefined;
  return { parentId: Number(parentId), startTicks };
}
