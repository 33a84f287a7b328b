import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { until } from '../support/until.js';

export const main = resolve('dist/main.js');

/** A record of the audit log, loosely typed: tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: records are compared, not computed with
export type AuditRecord = any;

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An installation in folders of its own, with daemons that are stopped at the end. */
export class Installation {
  readonly folder: string;
  readonly config: string;
  readonly trapsDir: string;
  readonly stateDir: string;
  readonly log: string;
  /** What daemons are run by, such as nsenter(1) and its options. */
  under: readonly string[] = [];
  readonly #daemons: PhantomdRun[] = [];
  #hasSandboxes = true;

  private constructor(folder: string, trapsName: string) {
    this.folder = folder;
    this.config = join(folder, 'phantom.yaml');
    this.trapsDir = join(folder, trapsName);
    this.stateDir = join(folder, 'state');
    this.log = join(folder, 'logs', 'audit.json');
  }

  static async make(sections: Sections = {}, trapsName = 'traps'): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'phantom-e2e-'));
    // Other users must get to the traps.
    await chmod(folder, 0o755);
    const installation = new Installation(folder, trapsName);
    await installation.configure(sections);
    return installation;
  }

  async configure(sections: Sections): Promise<void> {
    this.#hasSandboxes = sections.response?.sandbox !== false;
    const paths = { traps_dir: this.trapsDir, logs_dir: join(this.folder, 'logs'), state_dir: this.stateDir };
    // A small RSA key is not on offer, and 3,072 bits take their time: most tests do without.
    const traps = { kinds: ['passwords', 'salary', 'env'] };
    // The test itself changes traps, and must not be frozen for it.
    const response = { on_tamper: 'observe', ...sections.response };
    const merged = { sandbox: { retry_s: 1 }, ...sections, response };
    await writeFile(
      this.config,
      stringify({
        ...merged,
        paths: { ...paths, ...sections.paths },
        traps: { ...traps, ...sections.traps },
      }),
    );
  }

  /** Starts a daemon and waits until it is armed. */
  async start(
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<PhantomdRun> {
    const run = this.launch(args, environment);
    await until('the daemon to be armed', () => {
      if (run.ended) throw new Error(`the daemon ended: ${run.stderr}`);
      return run.stderr.includes('armed: ');
    });
    return run;
  }

  /** Starts a daemon and returns at once. */
  launch(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): PhantomdRun {
    const run = new PhantomdRun(
      [...this.under, process.execPath, main, '--config', this.config, ...args],
      environment,
    );
    this.#daemons.push(run);
    return run;
  }

  /** Runs a command of phantomd to its end. */
  async command(...args: readonly string[]) {
    return execa(process.execPath, [main, ...args, '--config', this.config], {
      reject: false,
      stdin: 'ignore',
    });
  }

  async records(): Promise<AuditRecord[]> {
    const text = await readFile(this.log, 'utf8').catch(() => '');
    const lines = text.split('\n');
    return lines.slice(0, -1).map((line) => JSON.parse(line));
  }

  /** The first record that fits, as soon as it is in the log. */
  async record(
    what: string,
    fits: (record: AuditRecord) => boolean,
    timeoutMs?: number,
  ): Promise<AuditRecord> {
    return until(what, async () => (await this.records()).find(fits), timeoutMs);
  }

  action(name: string, timeoutMs?: number): Promise<AuditRecord> {
    return this.record(`a record ${name}`, ({ event }) => event.action === name, timeoutMs);
  }

  trap(name: string): string {
    return join(this.trapsDir, name);
  }

  /** Path of the one trap of a kind whose name the story chooses. */
  async trapOf(kind: string): Promise<string> {
    const { stdout } = await this.command('traps', '--json');
    const traps = JSON.parse(stdout) as { kind: string; path: string; beside?: string }[];
    const found = traps.find((trap) => trap.kind === kind && trap.beside === undefined);
    if (found === undefined) throw new Error(`there is no trap of kind ${kind}`);
    return join(this.trapsDir, basename(found.path));
  }

  /** Stops every daemon that still runs. */
  async stop(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
  }

  /** Stops what still runs and removes everything. */
  async remove(): Promise<void> {
    await this.stop();
    if (this.#hasSandboxes) await this.command('unplant');
    await rm(this.folder, { recursive: true, force: true });
  }
}

function spawn([program, ...args]: readonly string[], environment: Readonly<Record<string, string>>) {
  return execa(program as string, args, {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    // A stop in order takes its time under load; a daemon that hangs fails by the test's own time.
    forceKillAfterDelay: false,
    env: { NO_COLOR: '1', ...environment },
  });
}

/** One run of the daemon. */
export class PhantomdRun {
  readonly #child: ReturnType<typeof spawn>;
  #stderr = '';
  #ended = false;

  constructor(command: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(command, environment);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    void this.#child.finally(() => {
      this.#ended = true;
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get ended(): boolean {
    return this.#ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code, once it has ended. */
  async end(): Promise<number | undefined> {
    return (await this.#child).exitCode;
  }

  async stop(): Promise<number | undefined> {
    if (!this.#ended) this.kill('SIGTERM');
    return this.end();
  }
}
