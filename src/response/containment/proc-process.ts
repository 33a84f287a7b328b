import { readFileSync, readlinkSync, statSync } from 'node:fs';

/** Ticks of /proc are hundredths of a second in the kernel's user ABI (USER_HZ). */
export const nsPerTick = 10_000_000n;

/** `PF_KTHREAD` in include/linux/sched.h. */
const kernelThreadFlag = 0x0020_0000;

/** What /proc/PID/stat tells (proc_pid_stat(5)), as far as containment needs it. */
export interface ProcProcess {
  /** Raw bytes as latin1. */
  readonly name: string;
  /** One letter; `T` stands still by a signal, `t` by a tracer, `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  readonly isKernelThread: boolean;
  /** Start on the boot clock in ticks. */
  readonly startTicks: bigint;
}

/** Undefined when there is no such process. */
export function readProcess(pid: number): ProcProcess | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name is the process's own choice and may hold `)`: only the last one ends it.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ', 20);
  const [state = '', parent = ''] = fields;
  const [flags, start] = [fields[6], fields[19]];
  if (start === undefined || !/^\d+$/.test(start)) return undefined;
  return {
    name: stat.slice(stat.indexOf('(') + 1, end),
    state,
    parent: Number(parent),
    isKernelThread: (Number(flags) & kernelThreadFlag) !== 0,
    startTicks: BigInt(start),
  };
}

/** Real user as this process's user namespace numbers it; undefined when there is no such process. */
export function realUserOf(pid: number): number | undefined {
  try {
    const [, uid] = /\nUid:\t(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return uid === undefined ? undefined : Number(uid);
  } catch {
    return undefined;
  }
}

/** Whether it runs the file that has this path on the host; a container has other files by the same names. */
export function runsHostFile(pid: number, paths: readonly string[]): boolean {
  try {
    const path = readlinkSync(`/proc/${pid}/exe`);
    if (!paths.includes(path)) return false;
    const [running, onHost] = [statSync(`/proc/${pid}/exe`), statSync(path)];
    return running.ino === onHost.ino && running.dev === onHost.dev;
  } catch {
    return false;
  }
}
