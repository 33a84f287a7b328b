import type { Workspace } from '../workspace.js';

/** Something that people really do, as one measured piece of work. */
export interface Workload {
  readonly title: string;
  /** In one block, whose figure is their median: more for what is short. */
  readonly runs: number;
  /** Makes what it works on. @throws Missing */
  prepare(workspace: Workspace): Promise<PreparedWorkload>;
}

export interface PreparedWorkload {
  /** What is not in the figure: makes the same start for every run. */
  reset(): Promise<void>;
  run(): Promise<void>;
}
