import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { printableText } from '../../../src/core/printable.js';
import type { Workspace } from '../workspace.js';

/** A watcher's process. Its output goes to files, so that nobody's reading is in the figures. */
export interface WatcherChild {
  readonly pid: number;
  readonly ended: boolean;
  /** What it said for why it ended, in one line: what it printed, else its last error. */
  words(): Promise<string>;
  stop(): Promise<void>;
}

export function startChild(
  workspace: Workspace,
  command: readonly string[],
  outputFile: string,
): WatcherChild {
  const errorFile = `${outputFile}.errors`;
  // Also gone when the benchmark is killed. setpriv(1) is of util-linux.
  const child = execa('setpriv', ['--pdeathsig', 'TERM', '--', ...command], {
    reject: false,
    stdin: 'ignore',
    stdout: { file: outputFile },
    stderr: { file: errorFile },
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
    words: async () => telling(await textOf(outputFile), await textOf(errorFile)),
    stop,
  };
}

/** One line that says why a program ended, fit for a table. Interpreters end with what was wrong. */
export function telling(output: string, errors: string): string {
  const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
  const line = lines(output)[0] ?? lines(errors).at(-1) ?? 'it ended without a word';
  return printableText(line.trim()).slice(0, 200);
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
