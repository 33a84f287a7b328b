import { toPrintable } from '../core/printable.js';
import { nsPerTick } from './start-time.js';

/** What `/proc/PID/stat` tells (proc_pid_stat(5)). */
export interface ProcStat {
  /** `comm`, printable. */
  readonly name: string;
  /** One letter: `Z` for a zombie, `X` for one that is just being removed. */
  readonly state: string;
  /** A thread of the kernel. */
  readonly ofKernel: boolean;
  readonly parent: number;
  readonly posixSession: number;
  /** Device number of the controlling terminal, 0 for none. */
  readonly ttyNumber: number;
  /** Start on the boot clock in ns, rounded down to 10 ms. */
  readonly startedAtNs: bigint;
  /**
   * Where the stack of the program begins: another address after each execve(2), where addresses are
   * random. Absent where it is not to be seen.
   */
  readonly stackStart?: string;
}

// Places after the closing parenthesis; the manual counts from 1 and has pid and comm before them.
const stateField = 3 - 3;
const parentField = 4 - 3;
const sessionField = 6 - 3;
const ttyField = 7 - 3;
const flagsField = 9 - 3;
const startField = 22 - 3;
const stackField = 28 - 3;

/** `PF_KTHREAD` in include/linux/sched.h. */
const kernelThreadFlag = 0x0020_0000;

/** Reads `/proc/PID/stat`; undefined when it is no such line. */
export function parseStat(content: Buffer): ProcStat | undefined {
  const open = content.indexOf('(');
  // The name is the process's own choice and may hold `)`: only the last one ends it.
  const close = content.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const fields = content
    .toString('latin1', close + 2)
    .trimEnd()
    .split(' ', stackField + 1);
  const parent = wholeNumber(fields[parentField]);
  const posixSession = wholeNumber(fields[sessionField]);
  const ttyNumber = wholeNumber(fields[ttyField]);
  const [state = '', start, stack] = [fields[stateField], fields[startField], fields[stackField]];
  if (parent === undefined || posixSession === undefined || ttyNumber === undefined) return undefined;
  if (start === undefined || !/^\d{1,20}$/.test(start)) return undefined;
  return {
    name: toPrintable(content.subarray(open + 1, close)),
    state: /^[A-Za-z]$/.test(state) ? state : '?',
    ofKernel: (Number(fields[flagsField]) & kernelThreadFlag) !== 0,
    parent,
    posixSession,
    ttyNumber,
    startedAtNs: BigInt(start) * nsPerTick,
    ...(stack !== undefined && /^[1-9]\d{0,19}$/.test(stack) && { stackStart: stack }),
  };
}

// tty_nr is printed as a signed number.
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}
