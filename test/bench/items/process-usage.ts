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

/** Resident memory, MiB. */
export async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
