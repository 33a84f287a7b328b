import { compileProgram } from '../programs/compile.js';
import { LineProgram } from '../programs/line-program.js';
import type { Workspace } from '../workspace.js';

export interface Round {
  readonly paths: readonly string[];
  /** Pause after each file, ms. */
  readonly pauseMs: number;
  /** By a child for each file, which is gone right after; else all by one process that lives on. */
  readonly shortLived?: boolean;
}

/** When the calls that touched one file began, taken by the one who made them: CLOCK_MONOTONIC, ns. */
export interface Touched {
  readonly path: string;
  readonly open: bigint;
  readonly read: bigint;
}

/** The one who touches: a process of its own, in a session of its own. */
export class TrapReader {
  readonly #program: LineProgram;

  private constructor(program: LineProgram) {
    this.#program = program;
  }

  /** @throws Missing where there is no C compiler */
  static async start(workspace: Workspace): Promise<TrapReader> {
    return new TrapReader(new LineProgram(workspace, await compileProgram(workspace, 'trap-reader'), []));
  }

  /** Opens and reads each file once, one after the other; resolves after the last. */
  async read({ paths, pauseMs, shortLived = false }: Round): Promise<Touched[]> {
    const prefix = `${shortLived ? 'f' : 's'} ${pauseMs * 1000} `;
    this.#program.tell(paths.map((path) => prefix + path));
    const touched: Touched[] = [];
    while (touched.length < paths.length) {
      const [open = '', read = '', ...path] = (await this.#program.nextLine()).split(' ');
      touched.push({ path: path.join(' '), open: BigInt(open), read: BigInt(read) });
    }
    return touched;
  }
}
