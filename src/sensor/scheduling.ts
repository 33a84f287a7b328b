import { constants, setPriority } from 'node:os';

/**
 * How much rather than others these run (setpriority(2)): they do little, and whoever reads a trap stands still
 * or reads on meanwhile. What prints goes before what reads it: Node woken by the first line of a touch
 * would else take the processor from bpftrace in the middle of the others.
 */
export const priorities = { sensor: constants.priority.PRIORITY_HIGHEST, daemon: -10, other: 0 } as const;

/** Without CAP_SYS_NICE a process is as fast as any other. Of `process` 0 it is the calling thread, and what it starts. */
export function hurry(process: number, priority: number): void {
  try {
    setPriority(process, priority);
  } catch {
    // Slower is no failure.
  }
}
