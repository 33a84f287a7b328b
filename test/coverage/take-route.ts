import { execa } from 'execa';
import { until } from '../support/until.js';
import type { Access, Place, Route } from './route.js';

/** What came of one access. */
export interface Taken {
  /** Pid of the program that was started. */
  readonly pid: number;
  /** Pids of those who did one operation, where it was another process. */
  readonly doers: ReadonlyMap<string, number>;
  /** The process in a container, which the started program is no ancestor of. */
  readonly holder?: number;
  readonly exitCode: number | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const options = {
  reject: false,
  encoding: 'buffer',
  stripFinalNewline: false,
  timeout: 30_000,
  cwd: '/',
  env: { LC_ALL: 'C' },
} as const;

function start([program, ...args]: Access['command'], user: { uid?: number; gid?: number }) {
  return execa(program, args, { ...options, stdin: 'pipe', ...user });
}

/** One route under way. */
export class Traveller {
  readonly #route: Route;
  readonly #place: Place;
  readonly #child: ReturnType<typeof start>;
  #stderr = '';

  /** Starts the access. One that waits goes on at `finish`. */
  constructor(route: Route, place: Place) {
    const { command, uid } = route.access(place);
    this.#route = route;
    this.#place = place;
    this.#child = start(command, uid === undefined ? {} : { uid, gid: uid });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
  }

  /** Resolves when a program that waits has come to the point where it waits. */
  async holding(): Promise<void> {
    await until(`"${this.#route.name}" to wait`, () => {
      if (this.#child.exitCode !== null) throw new Error(`${this.#route.name}: ${this.#stderr}`);
      return this.#stderr.includes('holding\n');
    });
  }

  /** Lets it do what is left, to its end. */
  async finish(): Promise<Taken> {
    const { before, holder } = this.#route;
    let held: number | undefined;
    if (holder) {
      await this.holding();
      held = await holder(this.#place);
    }
    // A program that is gone already does not read it.
    this.#child.stdin.on('error', () => {});
    this.#child.stdin.end(before || holder ? 'go\n' : '');
    const { exitCode, stdout, stderr } = await this.#child;
    const text = Buffer.from(stderr).toString();
    return {
      pid: this.#child.pid as number,
      doers: new Map(
        Array.from(text.matchAll(/^(\w+) by (\d+)$/gm), ([, op, pid]) => [op as string, Number(pid)]),
      ),
      ...(held !== undefined && { holder: held }),
      exitCode,
      stdout: Buffer.from(stdout),
      stderr: text,
    };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/**
 * Why the access did not happen; undefined when it did. To be asked when the sensor has ended: the proof
 * may look at the trap itself.
 */
export async function failureOf({ proof }: Route, place: Place, taken: Taken): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = taken;
  const complaint = stderr.replaceAll(/^(holding|\w+ by \d+)$/gm, '').trim();
  if (proof === 'refused')
    return /Permission denied|EACCES/.test(stderr) ? undefined : `not refused: ${complaint || exitCode}`;
  if (exitCode !== 0) return nameless(complaint, place) || `exit code ${exitCode}`;
  if (proof === 'exit') return undefined;
  const proven = proof === 'content' ? stdout.equals(place.content) : await proof(place, stdout);
  return proven ? undefined : 'the access left no proof';
}

/** Without the paths of this run, which are others the next time. */
function nameless(complaint: string, { trap, work, folder }: Place): string {
  return complaint.replaceAll(trap, 'TRAP').replaceAll(folder, 'FOLDER').replaceAll(work, 'WORK');
}
