import type { Clock } from '../../core/ports/clock.js';
import { SensorUnavailable, type UnwatchedTrap } from '../../core/ports/sensor.js';
import { printableText } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import type { MarkEvent, Verdict } from '../marks/mark-event.js';
import { Marks } from '../marks/marks.js';
import type { ContainSettings, SparedProgram } from '../marks/messages.js';
import { type Answerer, Heartbeat } from './heartbeat.js';
import { HeldThreads } from './held-threads.js';
import { ProbeFile } from './probe-file.js';
import { probeSlot, Slots } from './slots.js';

export interface WatchRunOptions {
  /** Folder for the probe file. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly proofMs: number;
  readonly holdMs: number;
  /** What openers are answered who are not answered in time, and who come again and again. */
  readonly late: Verdict;
  /** What is done to openers before they are let go; nothing when absent. */
  readonly contain: ContainSettings | undefined;
  /** `answer` is to be called when the event is held. */
  readonly onTouch: (trap: Trap, event: MarkEvent, answer: (held: number, verdict: Verdict) => void) => void;
  /** Since the last proof events were lost, or who caused them waited; more will come. */
  readonly onGap: (reason: string) => void;
  /** Called once, when it ends after the proof and not by `stop`. */
  readonly onLost: (reason: string) => void;
}

/** One run of both groups, from their opening to their end. */
export class WatchRun {
  readonly #options: WatchRunOptions;
  readonly #probe: ProbeFile;
  readonly #slots = new Slots();
  readonly #threads = new HeldThreads();
  readonly #heartbeat: Heartbeat;
  readonly #proven: Promise<void>;
  #permission: Marks | undefined;
  #notify: Marks | undefined;
  #prove: () => void = () => undefined;
  #refuse: (reason: Error) => void = () => undefined;
  #isProven = false;
  #over = false;

  private constructor(options: WatchRunOptions, probe: ProbeFile) {
    this.#options = options;
    this.#probe = probe;
    this.#proven = new Promise((resolve, reject) => {
      this.#prove = resolve;
      this.#refuse = reject;
    });
    this.#proven.catch(() => undefined);
    this.#heartbeat = new Heartbeat({
      touch: () => probe.touch(),
      clock: options.clock,
      intervalMs: options.heartbeatMs,
      proofMs: options.proofMs,
      onFirst: () => {
        this.#isProven = true;
        this.#prove();
      },
      onStandstill: (seconds) => options.onGap(`the daemon stood still for ${seconds} s`),
      onSilence: (reason) => this.#end(reason),
    });
  }

  /** @throws SensorUnavailable when this host has no fanotify for it */
  static async open(options: WatchRunOptions): Promise<WatchRun> {
    // Each run makes its own: the one of before may be what was taken away.
    const probe = await ProbeFile.create(options.stateDir).catch((error: unknown) => {
      throw new SensorUnavailable(`no probe file can be made: ${printableText((error as Error).message)}`);
    });
    const run = new WatchRun(options, probe);
    try {
      await run.#openGroups();
      return run;
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  /** Time of the last proof, ns since the Unix epoch. */
  get provenAtNs(): bigint | undefined {
    return this.#heartbeat.answeredAtNs;
  }

  /** Resolves when a touch of the daemon's own came through both groups; rejects when none will. */
  prove(): Promise<void> {
    this.#heartbeat.start();
    return this.#proven;
  }

  /** Watches more traps; gives those that it cannot watch wholly. */
  watch(traps: readonly Trap[]): UnwatchedTrap[] {
    return traps.flatMap((trap) => {
      const reason = this.#watchOne(trap);
      return reason === undefined ? [] : [{ trap, reason }];
    });
  }

  /** Resolves when everything that was seen of them was told. */
  async unwatch(traps: readonly Trap[]): Promise<void> {
    const slots = traps.flatMap(({ id }) => this.#slots.ofTrap(id) ?? []);
    const ids = slots.flatMap((slot) => this.#slots.leaving(slot));
    await Promise.all(ids.flatMap((id) => [this.#permission?.remove(id), this.#notify?.remove(id)]));
    for (const id of ids) this.#slots.forget(id);
  }

  /** Processes of these programs are not contained. */
  exempt(programs: readonly SparedProgram[]): void {
    this.#permission?.exempt(programs);
  }

  /** This process is not contained any more. */
  spare(processId: number, startedAtNs: bigint): void {
    this.#permission?.spare(processId, startedAtNs);
  }

  /** Lets everybody go whom the kernel holds; resolves when all that was seen was told. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#heartbeat.stop();
    this.#refuse(new Error('fanotify was stopped'));
    await Promise.all([this.#permission?.close(), this.#notify?.close()]);
    // The next run replaces one that cannot be removed, or says why it cannot.
    await this.#probe.remove().catch(() => undefined);
  }

  async #openGroups(): Promise<void> {
    const { holdMs, late, contain } = this.#options;
    const onLost = (reason: string, over: boolean) =>
      over ? this.#end(reason) : this.#options.onGap(reason);
    const common = { probe: probeSlot, look: true, onLost };
    this.#permission = await Marks.open({
      ...common,
      mode: 'permission',
      holdMs,
      late,
      ...(contain !== undefined && { contain }),
      onEvents: (events) => this.#read('permission', events),
    });
    this.#notify = await Marks.open({
      ...common,
      mode: 'notify',
      events: 'unheld',
      settleMs: 0,
      onEvents: (events) => this.#read('notify', events),
    });
    const refused =
      this.#permission.addFile(this.#probe.path, probeSlot) ??
      this.#notify.addFile(this.#probe.path, probeSlot);
    if (refused !== undefined) throw new SensorUnavailable(`the probe file cannot be watched: ${refused}`);
  }

  #watchOne(trap: Trap): string | undefined {
    const slot = this.#slots.addTrap(trap);
    const unopened = this.#permission?.addFile(trap.path, slot.id);
    if (unopened !== undefined) {
      this.#slots.forget(slot.id);
      return unopened;
    }
    const unchanged = this.#notify?.addFile(trap.path, slot.id);
    const { slot: folder, isNew } = this.#slots.addFolder(trap);
    const unlisted = isNew ? this.#notify?.addFolder(folder.path, folder.id) : undefined;
    const reason = unchanged ?? unlisted;
    return reason === undefined ? undefined : `only its opening, reading and execution are seen: ${reason}`;
  }

  #read(by: Answerer, events: readonly MarkEvent[]): void {
    const answer = (held: number, verdict: Verdict) => this.#permission?.answer(held, verdict);
    for (const event of events) {
      if (event.id === probeSlot) {
        this.#heartbeat.answered(by);
        // Nobody but the daemon has business there, but whoever comes is not kept waiting.
        if (event.held !== undefined) answer(event.held, 'allow');
        continue;
      }
      this.#heartbeat.spoke(by);
      if (by === 'permission') this.#threads.note(event);
      const rest = by === 'permission' ? event : this.#threads.rest(event);
      if (rest !== undefined) this.#tell(rest, answer);
    }
  }

  #tell(event: MarkEvent, answer: (held: number, verdict: Verdict) => void): void {
    const slot = this.#slots.of(event.id);
    const [first] = slot?.kind === 'folder' ? slot.traps : [slot?.trap];
    if (first !== undefined) this.#options.onTouch(first, event, answer);
    else if (event.held !== undefined) answer(event.held, 'allow');
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#heartbeat.stop();
    if (this.#isProven) this.#options.onLost(reason);
    else this.#refuse(new SensorUnavailable(reason));
  }
}
