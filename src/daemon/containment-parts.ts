import { randomBytes } from 'node:crypto';
import type { Config } from '../config/schema.js';
import { ContainmentRecords } from '../core/containment-records.js';
import { FrozenProcesses } from '../core/frozen-processes.js';
import { HoldDesk } from '../core/hold-desk.js';
import { incidentId } from '../core/incident-id.js';
import type { Clock } from '../core/ports/clock.js';
import type { ContainedProcess } from '../core/ports/containment.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { Sensor } from '../core/ports/sensor.js';
import type { Recorder } from '../core/record.js';
import { StrandedSweep } from '../core/stranded-sweep.js';
import type { Trap } from '../core/trap.js';
import { SignalContainment } from '../response/containment/signal-containment.js';
import { HeldJournalFile } from '../response/held-journal-file.js';
import { HeldListFolder } from '../response/held-list-folder.js';

export interface ContainmentSurroundings {
  readonly record: Recorder;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Every trap that is known, by id. */
  readonly traps: ReadonlyMap<string, Trap>;
}

/** Everything that stops processes, and sees to it that none stands still by accident. */
export class ContainmentParts {
  readonly containment: SignalContainment;
  readonly desk: HoldDesk;
  readonly frozen: FrozenProcesses;
  readonly sweep: StrandedSweep;
  readonly #records: ContainmentRecords;
  /** The one that is asked to spare processes. */
  sensor: Sensor | undefined;
  /** Tells known readers, as soon as the rules are known. Never rejects. */
  isExempt: ((process: ContainedProcess) => Promise<boolean>) | undefined;

  constructor({ paths, response }: Config, surroundings: ContainmentSurroundings) {
    const { record, clock, diagnostics, traps } = surroundings;
    const containment = new SignalContainment({ diagnostics });
    const journal = new HeldJournalFile({ stateDir: paths.state_dir, diagnostics });
    const records = new ContainmentRecords(clock, record);
    const common = { containment, journal, records, clock, diagnostics };
    const frozen = new FrozenProcesses({
      ...common,
      list: new HeldListFolder({ stateDir: paths.state_dir }),
      spare: (pid) => this.sensor?.spare(pid),
    });
    const { containment: mode, on_tamper: onTamper, hold_ms: holdMs } = response;
    const desk = new HoldDesk({ ...common, frozen, policy: { containment: mode, onTamper }, holdMs });
    this.containment = containment;
    this.#records = records;
    this.frozen = frozen;
    this.desk = desk;
    this.sweep = new StrandedSweep({
      ...common,
      frozen,
      freezes: mode === 'freeze' || mode === 'kill',
      holds: (mode !== 'observe' && mode !== 'deny') || onTamper !== 'observe',
      isExempt: async (process) => (await this.isExempt?.(process)) === true,
      traps: () => [...traps.values()],
      isHeld: (process) => desk.isHeld(process),
      newIncidentId: (atNs) => incidentId(atNs, randomBytes(4).toString('hex')),
    });
  }

  /** What an earlier run left: whoever it froze stays frozen, whoever it looked at goes on. */
  async takeUp(): Promise<void> {
    await this.frozen.restore();
    await this.sweep.freeLeftBehind();
  }

  /** The sensor may have stopped somebody and told nobody. */
  interrupted(): void {
    void this.desk.releaseAll();
    this.sweep.watchClosely();
  }

  /** Nobody is stopped any more: nobody but the frozen is left standing still. */
  async stop(): Promise<void> {
    await this.desk.releaseAll();
    await this.sweep.sweep();
    await this.sweep.stop();
    await this.frozen.stop();
    await this.desk.settled();
    await this.flush();
  }

  /** Puts on record what is told in sum. */
  flush(): Promise<void> {
    return this.#records.flush();
  }
}
