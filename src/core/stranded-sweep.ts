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
  traps(): readonly Trap[];
  /** Somebody looks at it at this moment, and lets it go. */
  isHeld(process: ContainedProcess): boolean;
  newIncidentId(atNs: bigint): string;
}

/** Signals that are on their way when the sensor is lost arrive within this, in ms. */
const againMs = 300;

/** Finds processes that were stopped at a trap without anybody hearing of it, and sees to them. */
export class StrandedSweep {
  readonly #options: StrandedSweepOptions;
  #sweeping: Promise<void> = Promise.resolve();
  #cancel = () => {};

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

  /** Looks now. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping = this.#sweeping
      .then(() => this.#sweep())
      .catch((error: Error) => this.#options.diagnostics.error(`stranded processes: ${error.message}`));
    return this.#sweeping;
  }

  /** Looks now and again in a moment: messages or signals may be under way. */
  sweepTwice(): void {
    void this.sweep();
    this.#cancel();
    this.#cancel = this.#options.clock.after(againMs, () => void this.sweep());
  }

  async stop(): Promise<void> {
    this.#cancel();
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { containment, frozen, freezes, isHeld, traps } = this.#options;
    for (const process of await containment.stranded(traps())) {
      if (frozen.has(process) || isHeld(process)) continue;
      if (freezes) await this.#adopt(process);
      else await this.#free(process, 'with a trap open');
    }
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
