import type { ContainedProcess } from './containment.js';

/**
 * Remembers who stands still for a moment only, so that a daemon that is killed meanwhile leaves word.
 * It outlives the daemon, not the host, whose end ends the processes too. No call throws.
 */
export interface HeldJournal {
  /** Written when it returns. */
  holding(process: ContainedProcess): void;
  freed(process: ContainedProcess): void;
  /** Who stood still when an earlier run ended, and was not freed since. */
  left(): readonly ContainedProcess[];
}
