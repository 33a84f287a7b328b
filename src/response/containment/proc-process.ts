import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** Ticks of /proc are hundredths of a second in the kernel's user ABI (USER_HZ). */
export const nsPerTick = 10_000_000n;

/** `PF_KTHREAD` in include/linux/sched.h. */
const kernelThreadFlag = 0x0020_0000;

/** Threads that are looked at where the first one has ended: a stop holds all of them, so that any tells it. */
const mostThreads = 256;

/** What /proc/PID/stat tells (proc_pid_stat(5)), as far as containment needs it. */
export interface ProcProcess {
  /** Folder of /proc where its program, files and maps stand: of the process, or of a thread that lives. */
  readonly place: string;
  /** Raw bytes as latin1. */
  readonly name: string;
  /** One letter; `T` stands still by a signal, `t` by a tracer, `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  /** Process group and session, by the number of who made it. */
  readonly group: number;
  readonly session: number;
  readonly isKernelThread: boolean;
  /** Start on the boot clock in ticks. */
  readonly startTicks: bigint;
}

/**
 * Undefined when there is no such process. One whose first thread has ended lives as long as another does: its
 * state and place are then of a thread that lives, a stopped one first.
 */
export function readProcess(pid: number): ProcProcess | undefined {
  const process = readStat(`/proc/${pid}`);
  // A first thread that waits for its vfork(2) child stays `D` through a stop of the process.
  if (process === undefined || !'ZXD'.includes(process.state)) return process;
  const living = livingThread(`/proc/${pid}/task`);
  return living === undefined ? process : { ...process, state: living.state, place: living.place };
}

function livingThread(folder: string): ProcProcess | undefined {
  let found: ProcProcess | undefined;
  for (const thread of listed(folder).slice(0, mostThreads)) {
    const seen = readStat(`${folder}/${thread}`);
    if (seen === undefined || 'ZX'.includes(seen.state)) continue;
    if (seen.state === 'T') return seen;
    found ??= seen;
  }
  return found;
}

function readStat(place: string): ProcProcess | undefined {
  let stat: string;
  try {
    stat = readFileSync(`${place}/stat`, 'latin1');
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
    place,
    name: stat.slice(stat.indexOf('(') + 1, end),
    state,
    parent: Number(parent),
    group: Number(fields[2]),
    session: Number(fields[3]),
    isKernelThread: (Number(flags) & kernelThreadFlag) !== 0,
    startTicks: BigInt(start),
  };
}

/** Whether a signal to all of the process waits to be taken by one of its threads. */
export function isSignalPending(pid: number, signal: number): boolean {
  try {
    const [, mask] = /\nShdPnd:\t([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
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

/**
 * Whether it has given its memory back on its way out, whatever its state says: its program is not known any more,
 * and with it whether it may be stopped.
 */
export function isEnding({ place, isKernelThread }: Pick<ProcProcess, 'place' | 'isKernelThread'>): boolean {
  if (isKernelThread) return false;
  try {
    readlinkSync(`${place}/exe`);
    return false;
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Whether it runs the file that has this path on the host; a container has other files by the same names. */
export function runsHostFile({ place }: Pick<ProcProcess, 'place'>, paths: readonly string[]): boolean {
  try {
    const path = readlinkSync(`${place}/exe`);
    if (!paths.includes(path)) return false;
    const [running, onHost] = [statSync(`${place}/exe`), statSync(path)];
    return running.ino === onHost.ino && running.dev === onHost.dev;
  } catch {
    return false;
  }
}

/** Names in a folder of /proc; none where there is none. */
export function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
