import { Missing } from '../item.js';
import { progress } from '../progress.js';
import type { Watcher } from '../watchers/watcher.js';
import type { Workspace } from '../workspace.js';
import type { Column } from './column.js';
import type { Figures, Turn } from './turn.js';

interface Plan {
  readonly name: string;
  readonly watchers: readonly Watcher[];
  /** Turns of each watcher. */
  readonly passes: number;
  /** After so long no pass begins, on a machine that is slow or busy. */
  readonly mostSeconds: number;
  /** The work whose time is taken. */
  block(): Promise<Figures>;
}

interface OpenColumn {
  readonly watcher: Watcher;
  readonly turns: Turn[];
  missing?: string;
  readonly failures: string[];
}

/**
 * Bare, with a watcher, with it again, bare, and so on: every watcher in every pass, another one
 * first each time, and a bare block belongs to the turn before it and to the one after it.
 */
export async function takeTurns(
  workspace: Workspace,
  { name, watchers, passes, mostSeconds, block }: Plan,
): Promise<Column[]> {
  const columns = watchers.map((watcher): OpenColumn => ({ watcher, turns: [], failures: [] }));
  await block();
  let before = await block();
  const startedAt = performance.now();
  const inTime = () => performance.now() - startedAt < mostSeconds * 1000;
  for (let pass = 0; pass < passes && (pass === 0 || inTime()); pass += 1)
    for (const column of rotated(columns, pass)) {
      if (column.missing !== undefined) continue;
      progress(`${name}: pass ${pass + 1} of ${passes}, ${column.watcher.title}`);
      const with_ = await whileWatched(workspace, column, block);
      if (with_ === undefined) continue;
      const after = await block();
      column.turns.push({ before, first: with_[0], second: with_[1], after });
      before = after;
    }
  return columns.map(({ watcher, turns, missing, failures }) => ({
    title: watcher.title,
    turns,
    ...(missing !== undefined && { missing }),
    ...(failures.length > 0 && { failures }),
  }));
}

/** Two blocks; undefined when the watcher does not run here, which its column then says. */
async function whileWatched(
  workspace: Workspace,
  column: OpenColumn,
  block: () => Promise<Figures>,
): Promise<[Figures, Figures] | undefined> {
  const running = await column.watcher.start(workspace).catch((error: Error) => {
    if (!(error instanceof Missing)) throw error;
    if (column.turns.length === 0) column.missing = error.message;
    else column.failures.push(error.message);
    progress(`${column.watcher.title} does not run here: ${error.message}`);
  });
  if (running === undefined) return undefined;
  const figures: [Figures, Figures] = [await block(), await block()];
  await running.stop();
  return figures;
}

function rotated<Value>(values: readonly Value[], by: number): Value[] {
  const first = by % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}
