import { basename } from 'node:path';
import { execa } from 'execa';
import { printableText, toPrintable } from '../core/printable.js';
import { readLines } from './bounded-lines.js';
import { findProgram } from './find-program.js';
import { dyingWithParent } from './parent-death.js';
import { hurry, priorities } from './scheduling.js';

const defaultMaxLineLength = 64 * 1024;
const reasonLength = 500;
/** A descendant may keep the pipes open after the child's end; its output is not waited for. */
const drainMs = 1000;

export interface ChildOptions {
  command: string;
  args: readonly string[];
  /** Added to the daemon's own environment. */
  environment?: Readonly<Record<string, string>>;
  /** Text for stdin, in `encoding`; without it stdin is empty. */
  input?: string;
  /** Longest line in characters, 65,536 when absent; longer lines are dropped. */
  maxLineLength?: number;
  /** Its priority (setpriority(2)), 0 when absent, whatever the daemon's own is. */
  priority?: number;
  /** Text encoding of lines; default latin1 so that every byte survives. */
  encoding?: 'latin1' | 'utf8';
  /** What ends a line; a line feed when absent. */
  separator?: string;
  onLine(line: string): void;
  /** Lines too long that were dropped so far. */
  onOverflow?(count: number): void;
  /** Called exactly once, after the last line, also after `stop`; the reason is printable. */
  onExit(reason: string): void;
}

export interface SupervisedChild {
  readonly pid: number | undefined;
  /** SIGTERM, then SIGKILL after `graceMs` (2,000 when absent); resolves after `onExit`. */
  stop(graceMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts a program and streams its lines. Never throws: what goes wrong arrives at `onExit`. */
export function startChild(options: ChildOptions): SupervisedChild {
  const environment = { ...process.env, ...options.environment };
  const program = findProgram(options.command, environment.PATH ?? '');
  if (program === undefined) return neverStarted(options);
  return new RunningChild(spawn(program, options), options);
}

function spawn(program: string, { args, environment, input, encoding = 'latin1' }: ChildOptions) {
  const [command, commandArgs] = dyingWithParent(program, args);
  return execa(command, commandArgs, {
    env: environment ?? {},
    stdin: input === undefined ? 'ignore' : new Uint8Array(Buffer.from(input, encoding)),
    buffer: false,
    reject: false,
    forceKillAfterDelay: false,
    // A signal to the daemon's whole group (Ctrl-C, timeout) is the daemon's to answer, in order.
    detached: true,
  });
}

type Spawned = ReturnType<typeof spawn>;

function neverStarted(options: ChildOptions): SupervisedChild {
  const ended = new Promise<void>((resolve) => {
    setImmediate(() => {
      options.onExit(`${displayName(options.command)} is not installed or not in PATH`);
      resolve();
    });
  });
  return { pid: undefined, stop: () => ended, kill: () => undefined };
}

class RunningChild implements SupervisedChild {
  readonly #child: Spawned;
  readonly #options: ChildOptions;
  readonly #ended: Promise<void>;
  #lastComplaint = '';
  #stopping = false;

  constructor(child: Spawned, options: ChildOptions) {
    this.#child = child;
    if (child.pid !== undefined) hurry(child.pid, options.priority ?? priorities.other);
    this.#options = options;
    this.#read();
    this.#ended = this.#watchEnd();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(graceMs = 2000): Promise<void> {
    this.#stopping = true;
    this.kill('SIGTERM');
    const escalation = setTimeout(() => this.kill('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(escalation);
  }

  #read(): void {
    const { encoding = 'latin1', separator = /\r?\n/, maxLineLength = defaultMaxLineLength } = this.#options;
    const { stdout, stderr } = this.#child;
    if (stdout) {
      readLines(stdout, {
        encoding,
        separator,
        maxLength: maxLineLength,
        onLine: (line) => this.#options.onLine(line),
        onOverflow: (count) => this.#options.onOverflow?.(count),
      });
    }
    if (stderr) {
      const onLine = (line: string) => this.#complained(line);
      readLines(stderr, { encoding: 'latin1', separator: /\r?\n/, maxLength: 4096, onLine });
    }
  }

  #complained(line: string): void {
    if (line.trim() === '') return;
    this.#lastComplaint = toPrintable(Buffer.from(line.slice(0, reasonLength), 'latin1'));
  }

  async #watchEnd(): Promise<void> {
    const { stdout, stderr } = this.#child;
    this.#child.once('exit', () => {
      const drained = setTimeout(() => {
        stdout?.destroy();
        stderr?.destroy();
      }, drainMs);
      this.#child.once('close', () => clearTimeout(drained));
    });
    const result = await this.#child;
    // Lines still in the splitter come out before the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    this.#options.onExit(this.#reason(result));
  }

  #reason(result: Awaited<Spawned>): string {
    const name = displayName(this.#options.command);
    if (this.#stopping) return `${name} was stopped`;
    const how = endOf(result);
    // Whoever is killed has no last words: what it said before is about something else.
    const silent = this.#lastComplaint === '' || result.signal !== undefined;
    return silent ? `${name} ${how}` : `${name} ${how}: ${this.#lastComplaint}`;
  }
}

function endOf(result: Awaited<Spawned>): string {
  if (result.signal !== undefined) return `was killed by ${result.signal}`;
  if (result.exitCode !== undefined) return `exited with code ${result.exitCode}`;
  return `failed to start (${printableText(result.originalMessage ?? 'unknown error').slice(0, reasonLength)})`;
}

function displayName(command: string): string {
  return printableText(basename(command));
}
