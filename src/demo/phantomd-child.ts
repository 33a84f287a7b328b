import { execa } from 'execa';
import { printableText } from '../core/printable.js';
import { packageFiles } from '../daemon/package-files.js';

/** The real daemon, started for the demonstration as its own process. */
export class PhantomdChild {
  readonly #child;
  #ended = false;

  constructor(args: readonly string[]) {
    this.#child = execa(process.execPath, [packageFiles.main, ...args, '--log-format', 'pretty'], {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      env: { NO_COLOR: '1' },
      // An interrupt at the terminal is for the demonstration, which stops the daemon in order.
      detached: true,
      forceKillAfterDelay: 60_000,
    });
    void this.#child.finally(() => {
      this.#ended = true;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last lines of its diagnostics, once it has ended. */
  async lastWords(): Promise<string[]> {
    const { stderr } = await this.#child;
    return stderr.split('\n').slice(-5).map(printableText);
  }

  /** Stops it in order; resolves with its exit code. */
  async stop(): Promise<number | undefined> {
    this.#child.kill('SIGTERM');
    return (await this.#child).exitCode;
  }
}
