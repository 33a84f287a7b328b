import { basename, join } from 'node:path';
import type { Config } from '../config/schema.js';
import { checkAuditLog } from '../daemon/check-audit-log.js';
import { AuditFollower, type DemoRecord } from './audit-follower.js';
import { isContainerRunning } from './container-state.js';
import { Intruder, type Prey } from './intruder.js';
import { PhantomdChild } from './phantomd-child.js';
import { processTree, userOf } from './process-tree.js';
import type { Stage } from './stage.js';

/** An act did not happen; the message says which and why. */
export class ActFailed extends Error {
  override readonly name = 'ActFailed';
}

export interface PlayOptions {
  readonly config: Config;
  /** Arguments that give the daemon the same configuration. */
  readonly daemonArgs: readonly string[];
  readonly stage: Stage;
}

/** What did it in the end, and what this host could not do. */
export interface PlayResult {
  readonly sensor: string;
  readonly sandbox: string;
  readonly reduced: boolean;
}

const startMs = 90_000;
const seeMs = 15_000;
const sandboxMs = 60_000;

/** Plays the five acts with a real daemon and a real intruder. */
export class Play {
  readonly #options: PlayOptions;
  readonly #logPath: string;
  #daemon: PhantomdChild | undefined;
  #intruder: Intruder | undefined;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#logPath = join(options.config.paths.logs_dir, options.config.audit.file);
  }

  /** @throws ActFailed */
  async perform(): Promise<PlayResult> {
    const log = await AuditFollower.fromEnd(this.#logPath);
    const sensor = await this.#deployment(log);
    const prey = { read: plantedName(log, 'passwords'), copied: plantedName(log, 'salary') };
    await this.#reconnaissance(prey);
    const touches = await this.#detection(log, sensor, prey);
    const sandbox = await this.#response(log, touches);
    await this.#analysis(log);
    return { sensor, sandbox: sandbox ?? 'none', reduced: sensor !== 'ebpf' || sandbox === undefined };
  }

  /** Stops the daemon and removes the intruder's loot; safe to call at any time. */
  async end(): Promise<void> {
    await this.#intruder?.leave();
    const code = await this.#daemon?.stop();
    if (code !== undefined && code !== 0) this.#options.stage.failed(`phantomd ended with exit code ${code}`);
  }

  async #deployment(log: AuditFollower): Promise<string> {
    const { stage, daemonArgs, config } = this.#options;
    stage.act(1, 'Deployment: phantomd plants its traps and arms its sensor');
    const daemon = new PhantomdChild(daemonArgs);
    this.#daemon = daemon;
    const started = await log.first(
      ({ event }) => event.action === 'daemon-started',
      startMs,
      () => daemon.ended,
    );
    if (started === undefined) {
      if (daemon.ended) stage.quote(await daemon.lastWords());
      throw new ActFailed(daemon.ended ? 'phantomd did not start' : 'phantomd was not ready in time');
    }
    const planted = log.of('trap-planted');
    if (planted.length === 0) throw new ActFailed(`no trap was planted in ${config.paths.traps_dir}`);
    stage.facts(
      planted.map(({ file }) => [
        file?.path ?? '?',
        `${file?.size} bytes, ${file?.hash?.sha256.slice(0, 16)}...`,
      ]),
    );
    for (const { message } of log.of('sensor-fallback')) stage.reduced(message);
    const sensor = started.phantom.sensor?.name ?? 'unknown';
    stage.done(`${planted.length} traps planted, sensor ${sensor} has proven that it sees a touch`);
    return sensor;
  }

  async #reconnaissance(prey: Prey): Promise<void> {
    const { stage, config } = this.#options;
    stage.act(2, 'Reconnaissance: an intruder without privileges looks around');
    this.#intruder = await Intruder.arrive();
    stage.say(`nobody$ ${this.#intruder.command(config.paths.traps_dir, prey)}`);
    const seen = await this.#intruder.raid(config.paths.traps_dir, prey);
    stage.quote(seen.slice(0, 14));
    if (seen.length > 14) stage.say(`  ... ${seen.length - 14} more lines`);
    stage.done(`the folder was listed, ${prey.read} was read, ${prey.copied} was copied`);
  }

  async #detection(log: AuditFollower, sensor: string, prey: Prey): Promise<DemoRecord[]> {
    const { stage } = this.#options;
    stage.act(3, 'Detection: the sensor names who touched what');
    const touches: DemoRecord[] = [];
    for (const [file, program] of [
      [prey.read, 'cat'],
      [prey.copied, 'cp'],
    ] as const) {
      const touch = await log.first(
        (record) => isTouch(record, file, sensor === 'ebpf' ? program : undefined),
        seeMs,
      );
      if (touch === undefined) throw new ActFailed(`the sensor did not report ${program} of ${file}`);
      touches.push(touch);
      this.#showTouch(log, touch, file);
    }
    if (sensor === 'inotify') stage.reduced(`${sensor} does not tell who touched: what is named is a guess`);
    stage.done('both touches are on record');
    return touches;
  }

  #showTouch(log: AuditFollower, touch: DemoRecord, file: string): void {
    const ops = log.records.filter((record) => isTouch(record, file)).map(({ phantom }) => phantom.touch?.op);
    const { stage } = this.#options;
    stage.facts([
      ['trap', touch.file?.path ?? '?'],
      ['op', [...new Set(ops)].join(', ')],
      ['user', userOf(touch)],
      ['certainty', touch.phantom.actor?.certainty ?? '?'],
      ['system call to record', `${((touch.phantom.touch?.latency_us ?? 0) / 1000).toFixed(2)} ms`],
    ]);
    stage.quote(processTree(touch));
  }

  async #response(log: AuditFollower, touches: readonly DemoRecord[]): Promise<string | undefined> {
    const { stage, config } = this.#options;
    stage.act(4, 'Response: an incident on record, a sandbox for the intruder');
    const ids = new Set(touches.map(({ phantom }) => phantom.incident?.id));
    for (const id of ids) {
      const opened = await log.first(
        ({ event, phantom }) => event.action === 'incident-opened' && phantom.incident?.id === id,
        seeMs,
      );
      if (opened === undefined) throw new ActFailed(`incident ${id} is not in ${this.#logPath}`);
      stage.done(`incident ${id} is in ${this.#logPath}`);
    }
    const answer = await log.first(
      ({ event, phantom }) =>
        ['sandbox-started', 'sandbox-failed'].includes(event.action) && ids.has(phantom.incident?.id),
      config.response.sandbox ? sandboxMs : 0,
    );
    const name = answer?.container?.name;
    if (answer?.event.action === 'sandbox-failed' || !config.response.sandbox) {
      stage.reduced(`no sandbox: ${answer?.event.reason ?? 'switched off in the configuration'}`);
      return undefined;
    }
    if (name === undefined || !(await isContainerRunning(config.sandbox.socket, name)))
      throw new ActFailed('the sandbox of the incident does not run');
    stage.done(`container ${name} runs, ${answer?.phantom.response?.sandbox?.took_ms} ms after the touch`);
    return 'docker';
  }

  async #analysis(log: AuditFollower): Promise<void> {
    const { stage } = this.#options;
    stage.act(5, 'Analysis: what the audit log tells');
    const touches = log.of('trap-touched');
    if (touches.length === 0) throw new ActFailed('the audit log tells of no touch');
    for (const touch of touches) {
      const chain = processNames(touch);
      stage.say(`${touch['@timestamp']}  ${userOf(touch)}  ${touch.phantom.touch?.op} ${touch.file?.path}`);
      stage.quote([chain]);
    }
    const { intact, lines } = await checkAuditLog(this.#logPath);
    for (const line of lines) stage.say(line);
    if (!intact) throw new ActFailed('the hash chain of the audit log is broken');
    stage.done(`${touches.length} records, hash chain intact`);
  }
}

/** @throws ActFailed where the folder got no trap of the kind */
function plantedName(log: AuditFollower, kind: string): string {
  const planted = log.of('trap-planted').find(({ phantom }) => phantom.trap?.kind === kind);
  if (planted?.file === undefined) throw new ActFailed(`no trap of kind ${kind} was planted`);
  return basename(planted.file.path);
}

function isTouch({ event, file, process }: DemoRecord, name: string, program?: string): boolean {
  if (event.action !== 'trap-touched' || file?.path.endsWith(`/${name}`) !== true) return false;
  return program === undefined || process?.name === program;
}

function processNames({ phantom, process }: DemoRecord): string {
  const chain = [...(phantom.actor?.ancestry ?? [])].reverse();
  if (process !== undefined) chain.push(process);
  return chain.map(({ name, pid }) => `${name ?? '?'}[${pid}]`).join(' > ') || '(no process is known)';
}
