import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Workspace } from '../workspace.js';

/** ns a call of each batch, by the name of the call. */
export type CallTimes = Readonly<Record<string, readonly number[]>>;

/** A process that makes system calls and times them; one for the whole run, so that pairs compare. */
export class CallTimer {
  /** What it is written in. */
  readonly language: 'C' | 'JavaScript';
  readonly #ask: (rounds: number) => Promise<string | undefined>;

  private constructor(language: CallTimer['language'], ask: (rounds: number) => Promise<string | undefined>) {
    this.language = language;
    this.#ask = ask;
  }

  static async start(workspace: Workspace): Promise<CallTimer> {
    const file = join(workspace.root, 'unrelated');
    await writeFile(file, 'nothing secret\n');
    const compiled = await compile(workspace);
    const [program, args] = compiled === undefined ? interpreted() : [compiled, []];
    const child = execa(program, [...args, file], { buffer: false, reject: false, stderr: 'inherit' });
    workspace.defer(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new CallTimer(compiled === undefined ? 'JavaScript' : 'C', async (rounds) => {
      child.stdin.write(`${rounds}\n`);
      return (await lines.next()).value;
    });
  }

  async run(rounds: number): Promise<CallTimes> {
    const line = await this.#ask(rounds);
    if (line === undefined) throw new Error('the program that times system calls has ended');
    return JSON.parse(line) as CallTimes;
  }
}

/** Path of the compiled program; undefined where there is no C compiler. */
async function compile(workspace: Workspace): Promise<string | undefined> {
  const source = fileURLToPath(new URL('./unrelated-calls.c', import.meta.url));
  const program = join(workspace.root, 'unrelated-calls');
  const result = await execa('cc', ['-O2', '-o', program, source], { reject: false });
  if (result.code === 'ENOENT') return undefined;
  if (result.failed) throw new Error(`unrelated-calls.c does not compile: ${result.stderr}`);
  return program;
}

function interpreted(): [string, string[]] {
  const script = fileURLToPath(new URL('./unrelated-calls.ts', import.meta.url));
  // With the same loader that runs this file.
  return [process.execPath, [...process.execArgv, script]];
}
