import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type AuditRecord, Installation, type PhantomdRun } from '../e2e/phantomd.js';
import { until } from '../support/until.js';
import { startArmed } from './armed.js';
import { attack } from './attack.js';
import type { Attempt } from './attempt.js';
import type { Column, Way } from './containments.js';
import { type Tally, tally } from './tally.js';

/** What the audit log says when something was done to a process. */
const responses = ['actor-held', 'actor-frozen', 'actor-killed', 'containment-failed', 'containment-broken'];
const answered = ['actor-held', 'actor-frozen', 'actor-killed'];

/** A daemon with one containment, and attempts on its traps. */
export class Scene {
  readonly #column: Column;
  readonly #installation: Installation;
  readonly #daemon: PhantomdRun;

  private constructor(column: Column, installation: Installation, daemon: PhantomdRun) {
    this.#column = column;
    this.#installation = installation;
    this.#daemon = daemon;
  }

  static async open(column: Column): Promise<Scene> {
    const installation = await Installation.make({
      sensor: { kind: column.sensor, proof_s: 0 },
      response: { containment: column.containment, sandbox: false },
    });
    return new Scene(column, installation, await startArmed(installation));
  }

  /** Makes so many attempts on one trap. */
  attack(program: string, way: Way, count: number): Promise<Attempt[]> {
    return attack({
      program,
      way,
      count,
      trap: this.#installation.trap('passwords.txt'),
      ...(this.#column.staysStopped && { staysStopped: true }),
    });
  }

  /** Counts what was attempted, when everything about it is on record. */
  async count(attempts: readonly Attempt[]): Promise<Tally> {
    await this.#untilQuiet();
    const pids = new Set((await this.responses()).filter(isAnswer).map((record) => record.process?.pid));
    return tally(attempts, attempts.filter(({ pid }) => pids.has(pid)).length);
  }

  /** Records of what was done to processes, and of refusals. */
  async responses(): Promise<AuditRecord[]> {
    const lines = createInterface({ input: createReadStream(this.#installation.log) });
    const found: AuditRecord[] = [];
    for await (const line of lines)
      if (responses.some((action) => line.includes(`"${action}"`)) || line.includes('"denied"'))
        found.push(JSON.parse(line));
    return found;
  }

  /** What the daemon said on standard error. */
  get stderr(): string {
    return this.#daemon.stderr;
  }

  async close(): Promise<void> {
    await this.#installation.remove();
  }

  /** Records come after the attempts: until the log grows no more. */
  async #untilQuiet(): Promise<void> {
    let before = -1;
    await until(
      'the last record',
      async () => {
        const { size } = await stat(this.#installation.log);
        const isQuiet = size === before;
        before = size;
        if (!isQuiet) await new Promise((resolve) => setTimeout(resolve, 700));
        return isQuiet;
      },
      300_000,
    );
  }
}

function isAnswer({ event, phantom }: AuditRecord): boolean {
  return answered.includes(event.action) || phantom?.touch?.op === 'denied';
}
