import { compileProgram } from '../programs/compile.js';
import { LineProgram } from '../programs/line-program.js';
import type { Workspace } from '../workspace.js';

const processes = 2;

/** Opens and closes a file that is no trap so many times a second. */
export class OpenLoad {
  readonly #programs: readonly LineProgram[];
  #before: readonly Count[] = [];

  private constructor(programs: readonly LineProgram[]) {
    this.#programs = programs;
  }

  /** Resolves when all of its processes are at it. @throws Missing where there is no C compiler */
  static async start(workspace: Workspace, file: string, perSecond: number): Promise<OpenLoad> {
    const program = await compileProgram(workspace, 'open-load');
    const args = [file, String(perSecond / processes)];
    const load = new OpenLoad(
      Array.from({ length: processes }, () => new LineProgram(workspace, program, args)),
    );
    load.#before = await load.#counts();
    return load;
  }

  /** Stops it, and says what it reached: opens a second since the start. */
  async stop(): Promise<number> {
    const after = await this.#counts();
    await Promise.all(this.#programs.map((program) => program.stop()));
    return after
      .map((count, index) => {
        const before = this.#before[index] as Count;
        return ((count.opens - before.opens) * 1e9) / (count.atNs - before.atNs);
      })
      .reduce((sum, rate) => sum + rate, 0);
  }

  #counts(): Promise<Count[]> {
    return Promise.all(
      this.#programs.map(async (program) => {
        const [opens = NaN, atNs = NaN] = (await program.ask('')).split(' ').map(Number);
        return { opens, atNs };
      }),
    );
  }
}

interface Count {
  readonly opens: number;
  readonly atNs: number;
}
