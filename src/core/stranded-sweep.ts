import { processKey } from './actor-key.js';
import type { ContainmentRecords } from './containment-records.js';
import type { FrozenProcesses } from './frozen-processes.js';
import type { Clock } from './ports/clock.js';
import type { ContainedProcess, Containment } from './ports/containment.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { HeldJournal } from './ports/held-journal.js';
import type { Trap } from './trap.js';

export interface StrandedSweepOptions {
  readonly containment: Containment;
  readonly frozen: FrozenProcesses;
  readonly journal: HeldJournal;
  readonly records: ContainmentRecords;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Whoever touches a trap is to be frozen: so is who was stopped unheard. */
  readonly freezes: boolean;
  /** Somebody may be stopped at all. */
  readonly holds: boolean;
  traps(): readonly Trap[];
  /** Somebody looks at it at this moment, and lets it go. */
  isHeld(process: ContainedProcess): boolean;
  /** It is a known reader, which is never kept. */
  isExempt(process: ContainedProcess): Promise<boolean>;
  newIncidentId(atNs: bigint): string;
}

type Stranded = Awaited<ReturnType<Containment['stranded']>>[number];

/**
 * Times in ms between two looks: some 30 us a process of the host each (measured), so that it is near when
 * somebody may stand still and far when all is well.
 */
const closeMs = 500;
const usualMs = 5000;
/** So many close looks follow a loss: the kernel takes up to 5 s to detach the script of a bpftrace that was killed. */
const closeLooks = 60;
/** Who stands still for less, in ns: the message of its touch may be on its way. */
const momentNs = 250_000_000n;

/** Finds processes that were stopped at a trap without anybody hearing of it, and sees to them. */
export class StrandedSweep {
  readonly #options: StrandedSweepOptions;
  #sweeping: Promise<void> = Promise.resolve();
  #cancel = () => {};
  #closeLeft = 0;
  #isStopped = false;
  /** When those were first seen that were seen at the latest look. */
  #seenAtNs: ReadonlyMap<string, bigint> = new Map();

  constructor(options: StrandedSweepOptions) {
    this.#options = options;
  }

  /** Who stood still for a moment when an earlier run died goes on, whatever it has open. */
  async freeLeftBehind(): Promise<void> {
    const { journal, containment, frozen } = this.#options;
    for (const process of journal.left()) {
      if (frozen.has(process)) continue;
      if (containment.isStopped(process)) await this.#free(process, 'when the daemon died');
      journal.freed(process);
    }
  }

  /** Sees at once to everybody who stands still. Never rejects. */
  sweep(): Promise<void> {
    return this.#inTurn(async () => {
      for (const process of await this.#unheard()) await this.#seeTo(process);
    });
  }

  /**
   * Looks now, often for half a minute and then now and again: messages or signals may be under way, and a
   * script that is being detached goes on stopping. Whoever is seen twice is seen to.
   */
  watchClosely(): void {
    const isClose = this.#closeLeft > 0;
    this.#closeLeft = closeLooks;
    if (!isClose) this.#lookNow();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#sweeping;
  }

  #lookNow(): void {
    this.#cancel();
    void this.#inTurn(() => this.#look()).then(() => this.#lookLater());
  }

  #lookLater(): void {
    this.#cancel();
    const isClose = this.#closeLeft > 0 || this.#seenAtNs.size > 0;
    if (this.#isStopped || !(isClose || this.#options.holds)) return;
    if (this.#closeLeft > 0) this.#closeLeft -= 1;
    this.#cancel = this.#options.clock.after(isClose ? closeMs : usualMs, () => this.#lookNow());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#sweeping = this.#sweeping
      .then(work)
      .catch((error: Error) => this.#options.diagnostics.error(`stranded processes: ${error.message}`));
    return this.#sweeping;
  }

  async #look(): Promise<void> {
    const nowNs = this.#options.clock.nowNs();
    const seenAtNs = new Map<string, bigint>();
    for (const process of await this.#unheard()) {
      const key = processKey(process);
      const firstNs = this.#seenAtNs.get(key) ?? nowNs;
      // The wall clock may have been set: then it is as if the moment were over.
      if (nowNs - firstNs >= momentNs || nowNs < firstNs) await this.#seeTo(process);
      else seenAtNs.set(key, firstNs);
    }
    this.#seenAtNs = seenAtNs;
  }

  async #unheard(): Promise<readonly Stranded[]> {
    const { containment, frozen, isHeld, traps } = this.#options;
    const stranded = await containment.stranded(traps());
    return stranded.filter((process) => !frozen.has(process) && !isHeld(process));
  }

  async #seeTo(process: Stranded): Promise<void> {
    const { freezes, frozen, isExempt } = this.#options;
    const isKept = freezes && !frozen.isPardoned(process) && !(await isExempt(process));
    if (isKept) await this.#adopt(process);
    else await this.#free(process, 'with a trap open');
  }

  async #free(process: ContainedProcess & { readonly name?: string }, where: string): Promise<void> {
    const { containment, records } = this.#options;
    if (!(await containment.release(process))) return;
    await records.add('stranded-released', {
      process,
      text: `stood still ${where} and goes on`,
      step: 'release',
      by: 'daemon',
    });
  }

  async #adopt(process: ContainedProcess & { readonly name?: string }): Promise<void> {
    const { clock, frozen, newIncidentId, records } = this.#options;
    const atNs = clock.nowNs();
    const id = newIncidentId(atNs);
    const { pid, startedAtNs, name } = process;
    await frozen.add({ pid, startedAtNs, atNs, ...(name !== undefined && { name }) }, id);
    await records.add('actor-frozen', {
      process,
      text: `was found stopped with a trap open and is frozen until phantomd release ${id} or phantomd kill ${id}`,
      step: 'freeze',
      by: 'kernel',
      incident: { id, openedAtNs: atNs },
    });
  }
}
