import type { Turn } from './turn.js';

/** All that was measured of one watcher. */
export interface Column {
  readonly title: string;
  readonly turns: readonly Turn[];
  /** Why there are no turns: in one line, what the watcher itself said where it said something. */
  readonly missing?: string;
  /** Turns that there are not because it did not start again: why, for each. */
  readonly failures?: readonly string[];
}
