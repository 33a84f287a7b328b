import { readdir, readFile } from 'node:fs/promises';

export interface ProcessEntry {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
}

/** Every process there is. */
export async function allProcesses(): Promise<ProcessEntry[]> {
  const processes: ProcessEntry[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // Some end while we look.
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? [];
    if (name !== undefined) processes.push({ pid: Number(entry), name, parent: Number(parent) });
  }
  return processes;
}

/** Time on a processor so far of all threads, ns. */
export async function cpuNs(pid: number): Promise<number> {
  let total = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    // First field: ns spent on the processor (proc(5)); /proc/PID/stat counts in steps of 10 ms.
    const [ns = '0'] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')).split(' ');
    total += Number(ns);
  }
  return total;
}

/** The same with threads that have ended, such as those that make keys; in steps of 10 ms. */
export async function cpuNsEver(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  // utime and stime, fields 14 and 15; the name before may hold anything (proc_pid_stat(5)).
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) * 1e7;
}

export interface Memory {
  readonly resident: number;
  /** Shared pages divided by those who share them. */
  readonly proportional: number;
}

/** MiB. */
export async function memoryMib(pid: number): Promise<Memory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1');
  const field = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1];
    if (kib === undefined) throw new Error(`no ${name} in /proc/${pid}/smaps_rollup`);
    return Number(kib) / 1024;
  };
  return { resident: field('Rss'), proportional: field('Pss') };
}
