import type { Workspace } from '../workspace.js';

/** A program that looks at what happens to files: its cost to everybody else is measured. */
export interface Watcher {
  readonly title: string;
  /**
   * Resolves when it has seen an access of ours, or said that it watches.
   * @throws Missing when it cannot run here, with its own words for why
   */
  start(workspace: Workspace): Promise<RunningWatcher>;
}

export interface RunningWatcher {
  /** Resolves when nothing of it is left: no process, no rule. */
  stop(): Promise<void>;
}
