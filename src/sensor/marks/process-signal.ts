import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Libc } from './libc.js';
import { ProcFiles } from './proc-files.js';
import { parseStat } from './thread-owner.js';

const { SIGSTOP, SIGCONT, SIGKILL } = constants.signals;
const numbers = { stop: SIGSTOP, continue: SIGCONT, kill: SIGKILL } as const;

/** /proc tells start times in hundredths of a second. */
const tick = 10_000_000n;

/**
 * Sends a signal to a process, never to a later one with its number: the number is pinned by a pidfd
 * before the start is compared. False when it was not there any more. Never throws.
 */
export function signalProcess(
  libc: Pick<Libc, 'pidfd_open' | 'pidfd_send_signal'>,
  { pid, startedAtNs }: { readonly pid: number; readonly startedAtNs: bigint },
  signal: keyof typeof numbers,
  proc = new ProcFiles(),
): boolean {
  if (pid <= 1) return false;
  const descriptor = libc.pidfd_open(pid, 0);
  if (descriptor < 0) return false;
  try {
    const now = parseStat(proc.read(`${pid}/stat`))?.startedAtNs;
    if (now === undefined || now / tick !== startedAtNs / tick) return false;
    return libc.pidfd_send_signal(descriptor, numbers[signal]) === 0;
  } finally {
    closeSync(descriptor);
  }
}
