import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { hurry, priorities } from '../../../src/sensor/scheduling.js';
import type { Workspace } from '../workspace.js';

/** A program that answers each line with one line, until its standard input ends. */
export class LineProgram {
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor(workspace: Workspace, program: string, args: readonly string[]) {
    // A session of its own, so that it is an actor of its own.
    this.#child = execa(program, args, { buffer: false, reject: false, stderr: 'inherit', detached: true });
    // As an intruder's, not with the priority of the watched line in this process.
    if (this.#child.pid !== undefined) hurry(this.#child.pid, priorities.other);
    workspace.defer(() => this.stop());
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error when it has ended */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    return this.nextLine();
  }

  /** Several lines at once; answers are read by `nextLine`. */
  tell(lines: readonly string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnfile} has ended`);
    return value;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }
}
