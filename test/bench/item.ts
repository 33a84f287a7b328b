import type { Goal } from './goal.js';
import type { Table } from './table.js';
import type { Workspace } from './workspace.js';

/** One thing that is measured. */
export interface Item {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** What is measured and how, for a reader of the document. */
  readonly how: string;
  /** @throws Missing when this host cannot run it */
  measure(workspace: Workspace): Promise<Measured>;
}

export interface Measured {
  readonly tables: readonly Table[];
  /** What is wanted of these figures. */
  readonly goals?: readonly Goal[];
  /** What a reader must know of this run. */
  readonly notes?: readonly string[];
}

/** This host lacks what an item needs; the message says what in one line. */
export class Missing extends Error {
  override readonly name = 'Missing';
}
