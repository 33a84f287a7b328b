import { processKey } from './actor-key.js';
import type { ContainmentRecords } from './containment-records.js';
import type { Clock } from './ports/clock.js';
import type { Containment } from './ports/containment.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { FrozenList, FrozenOrder, FrozenProcess } from './ports/frozen-list.js';
import { RecentSet } from './recent-set.js';

export interface FrozenProcessesOptions {
  readonly containment: Containment;
  readonly list: FrozenList;
  readonly records: ContainmentRecords;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** The sensor stops this process no longer. */
  spare(pid: number): void;
}

interface Frozen extends FrozenProcess {
  readonly incidentId: string;
  toldBrokenAtNs?: bigint;
}

/** Time in ms between two looks whether they still stand still, and whether an operator asks for them. */
const guardMs = 250;
/** Somebody who lets one go again and again is told of this often, in ns. */
const tellAgainNs = 10_000_000_000n;
const mostPardoned = 4096;

/** The processes that stay stopped until an operator releases or kills them. */
export class FrozenProcesses {
  readonly #options: FrozenProcessesOptions;
  readonly #frozen = new Map<string, Frozen>();
  readonly #pardoned = new RecentSet(mostPardoned);
  /** Incidents whose list is not on disk as it should be. */
  readonly #unsaved = new Set<string>();
  /** Processes that are on a list on disk, by key. */
  readonly #onDisk = new Set<string>();
  #saving: Promise<void> = Promise.resolve();
  #cancelGuard: (() => void) | undefined;
  #guarding: Promise<void> = Promise.resolve();

  constructor(options: FrozenProcessesOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier run froze and guards it from now on. Never rejects. */
  async restore(): Promise<void> {
    await this.load();
    // Whoever ended meanwhile leaves the list with the first look.
    await this.#look();
    this.#guard();
  }

  /** Only learns what is frozen. Never rejects. */
  async load(): Promise<void> {
    const { list, diagnostics } = this.#options;
    try {
      for (const [incidentId, processes] of await list.load())
        for (const process of processes) {
          this.#frozen.set(processKey(process), { ...process, incidentId });
          this.#onDisk.add(processKey(process));
        }
    } catch (error) {
      diagnostics.error(`frozen processes of an earlier run are not known: ${(error as Error).message}`);
    }
  }

  /** It is stopped already and stays so. Resolves when that is on disk, or the disk refused. */
  async add(process: FrozenProcess, incidentId: string): Promise<void> {
    const key = processKey(process);
    if (this.#frozen.has(key)) return;
    this.#frozen.set(key, { ...process, incidentId });
    this.#guard();
    await this.#save(incidentId);
  }

  has(process: Pick<FrozenProcess, 'pid' | 'startedAtNs'>): boolean {
    return this.#frozen.has(processKey(process));
  }

  /** An operator let it go: it is not frozen again. */
  isPardoned(process: Pick<FrozenProcess, 'pid' | 'startedAtNs'>): boolean {
    return this.#pardoned.has(processKey(process));
  }

  /** It was killed. */
  async ended(process: Pick<FrozenProcess, 'pid' | 'startedAtNs'>): Promise<void> {
    const frozen = this.#frozen.get(processKey(process));
    if (frozen !== undefined) await this.#drop(frozen);
  }

  /** Does what an operator asks for. What is about nobody stays unanswered: only who asks may know of others. */
  async carryOut(order: FrozenOrder): Promise<void> {
    const { containment, records, list, spare } = this.#options;
    const meant = [...this.#frozen.values()].filter(({ incidentId }) => incidentId === order.incidentId);
    const isRelease = order.order === 'release';
    for (const frozen of meant) {
      // Off the list first: no guard may stop it again.
      this.#forget(frozen);
      if (isRelease) {
        this.#pardoned.add(processKey(frozen));
        spare(frozen.pid);
      }
      const done = isRelease ? await containment.release(frozen) : await containment.kill(frozen);
      await records.add(isRelease ? 'actor-released' : 'actor-killed', {
        process: frozen,
        text: `${isRelease ? 'was released' : 'was killed'} by an operator${done ? '' : '; it had ended already'}`,
        step: order.order,
        by: 'operator',
      });
    }
    await this.#save(order.incidentId);
    if (meant.length > 0) await list.answered(order);
  }

  /**
   * Guards them no longer; they stay stopped, and on the list. Those that the disk takes no note of go on:
   * nobody would know of them.
   */
  async stop(): Promise<void> {
    this.#cancelGuard?.();
    this.#cancelGuard = undefined;
    await this.#guarding;
    await this.#saveAll();
    for (const frozen of [...this.#frozen.values()])
      if (!this.#onDisk.has(processKey(frozen))) await this.#giveUp(frozen);
    await this.#saving;
  }

  #guard(): void {
    if (this.#frozen.size === 0) return;
    this.#cancelGuard ??= this.#options.clock.after(guardMs, () => {
      this.#guarding = this.#look()
        .catch((error: Error) => this.#options.diagnostics.error(`frozen processes: ${error.message}`))
        .then(() => {
          if (this.#cancelGuard === undefined) return;
          this.#cancelGuard = undefined;
          this.#guard();
        });
    });
  }

  async #look(): Promise<void> {
    if (this.#frozen.size > 0)
      for (const order of await this.#options.list.orders()) await this.carryOut(order);
    for (const frozen of [...this.#frozen.values()])
      if (!this.#options.containment.isStopped(frozen)) await this.#stopAgain(frozen);
    await this.#saveAll();
  }

  async #giveUp(frozen: Frozen): Promise<void> {
    const { containment, records, spare } = this.#options;
    this.#forget(frozen);
    spare(frozen.pid);
    if (!(await containment.release(frozen))) return;
    await records.add('actor-released', {
      process: frozen,
      text: 'goes on: phantomd ends, and that it is frozen could not be written down',
      step: 'release',
      by: 'daemon',
    });
  }

  async #stopAgain(frozen: Frozen): Promise<void> {
    const { containment, records, clock } = this.#options;
    const isThere = await containment.stop(frozen);
    if (!isThere) {
      await records.add('containment-broken', {
        process: frozen,
        text: `was frozen by incident ${frozen.incidentId} and has ended`,
        step: 'freeze',
        by: 'daemon',
      });
      await this.#drop(frozen);
      return;
    }
    const nowNs = clock.nowNs();
    if (frozen.toldBrokenAtNs !== undefined && nowNs - frozen.toldBrokenAtNs < tellAgainNs) return;
    frozen.toldBrokenAtNs = nowNs;
    await records.add('containment-broken', {
      process: frozen,
      text: `was let go by somebody and is stopped again, as incident ${frozen.incidentId} wants`,
      step: 'freeze',
      by: 'daemon',
    });
  }

  async #saveAll(): Promise<void> {
    for (const incidentId of [...this.#unsaved]) await this.#save(incidentId);
    await this.#saving;
  }

  #forget(frozen: Frozen): void {
    this.#frozen.delete(processKey(frozen));
    this.#onDisk.delete(processKey(frozen));
  }

  async #drop(frozen: Frozen): Promise<void> {
    this.#forget(frozen);
    await this.#save(frozen.incidentId);
  }

  /** One after the other: two writers of one list would lose each other's entries. */
  #save(incidentId: string): Promise<void> {
    const { list, diagnostics } = this.#options;
    this.#unsaved.add(incidentId);
    this.#saving = this.#saving.then(async () => {
      // What an earlier turn has written already needs no other.
      if (!this.#unsaved.delete(incidentId)) return;
      const processes = [...this.#frozen.values()].filter((frozen) => frozen.incidentId === incidentId);
      try {
        await list.save(incidentId, processes);
        for (const process of processes) this.#onDisk.add(processKey(process));
      } catch (error) {
        this.#unsaved.add(incidentId);
        diagnostics.error(`the list of frozen processes cannot be written: ${(error as Error).message}`);
      }
    });
    return this.#saving;
  }
}
