import { execa } from 'execa';
import { printableText } from '../../../src/core/printable.js';
import type { Workspace } from '../workspace.js';

/** A watcher's process. Its output goes to files, so that nobody's reading is in the figures. */
export interface WatcherChild {
  readonly pid: number;
  readonly ended: boolean;
  stop(): Promise<void>;
}

export function startChild(
  workspace: Workspace,
  command: readonly string[],
  outputFile: string,
): WatcherChild {
  // Also gone when the benchmark is killed. setpriv(1) is of util-linux.
  const child = execa('setpriv', ['--pdeathsig', 'TERM', '--', ...command], {
    reject: false,
    stdin: 'ignore',
    stdout: { file: outputFile },
    stderr: { file: outputFile },
    // Ctrl-C is for the benchmark, which stops it in order.
    detached: true,
    forceKillAfterDelay: 5000,
    env: { PYTHONUNBUFFERED: '1' },
  });
  let ended = false;
  void child.finally(() => {
    ended = true;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await child;
  };
  workspace.defer(stop);
  return {
    pid: child.pid as number,
    get ended() {
      return ended;
    },
    stop,
  };
}

/** The first line of a program's output that says something, fit for a table. */
export function firstWords(output: string): string {
  const line = output.split('\n').find((text) => text.trim() !== '') ?? 'it ended without a word';
  return printableText(line.trim()).slice(0, 200);
}
