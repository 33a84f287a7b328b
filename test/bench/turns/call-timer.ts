import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileProgram } from '../programs/compile.js';
import { LineProgram } from '../programs/line-program.js';
import { median } from '../statistics.js';
import type { Workspace } from '../workspace.js';
import type { Figures } from './turn.js';

/** A process that makes system calls and times them; one for the whole run, so that pairs compare. */
export class CallTimer {
  readonly #program: LineProgram;

  private constructor(program: LineProgram) {
    this.#program = program;
  }

  /** @throws Missing where there is no C compiler */
  static async start(workspace: Workspace): Promise<CallTimer> {
    const file = join(workspace.root, 'unrelated');
    await writeFile(file, 'nothing secret\n');
    const program = await compileProgram(workspace, 'unrelated-calls');
    return new CallTimer(new LineProgram(workspace, program, [file]));
  }

  /** Median of the batches of each call, ns a call. */
  async run(rounds: number): Promise<Figures> {
    const times = JSON.parse(await this.#program.ask(String(rounds))) as Record<string, number[]>;
    return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
  }
}
