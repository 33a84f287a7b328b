import type { ProcessFacts } from './actor.js';
import { processKey } from './actor-key.js';
import type { ContainmentRecords } from './containment-records.js';
import type { FrozenProcesses } from './frozen-processes.js';
import type { Incident } from './incident.js';
import type { Accomplice, ContainedProcess, Containment } from './ports/containment.js';
import { RecentSet } from './recent-set.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface AccomplicesOptions {
  readonly containment: Containment;
  readonly frozen: FrozenProcesses;
  readonly records: ContainmentRecords;
  /** False when it is told already: it may have touched a trap of its own meanwhile. */
  claim(process: ContainedProcess, step: 'freeze' | 'kill'): boolean;
}

/** To be called when the touch is filed. */
type Filed = (incident: Incident, trap: Trap, isFlood: boolean) => Promise<void>;

const mostRemembered = 4096;
/** A look finds those who were there; who was begun meanwhile is found by the next. */
const mostLooks = 3;

/**
 * Who runs the same program beside a process that changed a trap: ransomware shares its work among
 * processes, and those that met no trap go on with other files. What is done to one is done to all.
 */
export class Accomplices {
  readonly #options: AccomplicesOptions;
  /** Processes whose accomplices were looked for. */
  readonly #lookedFor = new RecentSet(mostRemembered);

  constructor(options: AccomplicesOptions) {
    this.#options = options;
  }

  /** Does it at once; never throws. */
  contain(touch: Touch, process: ContainedProcess, step: 'freeze' | 'kill'): Filed {
    const { executableFile, posixSession, ancestors } = touch.actor;
    if (touch.tampers !== true || executableFile === undefined || posixSession === undefined)
      return async () => {};
    if (!this.#lookedFor.add(processKey(process))) return async () => {};
    const [parent] = ancestors;
    const suspect = { ...process, executableFile, posixSession, ...(parent && { parent: parent.pid }) };
    const contained = this.#containAll(suspect, step);
    return async (incident, trap, isFlood) => {
      for (const one of await contained) await this.#record(one, touch, step, incident, trap, isFlood);
    };
  }

  async #containAll(
    suspect: Parameters<Containment['accomplices']>[0],
    step: 'freeze' | 'kill',
  ): Promise<Accomplice[]> {
    const { containment, frozen } = this.#options;
    const contained = new Map<string, Accomplice>();
    for (let look = 0; look < mostLooks; look += 1) {
      const found = (await containment.accomplices(suspect)).filter(
        (one) => !contained.has(processKey(one)) && !frozen.isPardoned(one) && !frozen.has(one),
      );
      if (found.length === 0) break;
      for (const one of found)
        if (await containment[step === 'kill' ? 'kill' : 'stop'](one)) contained.set(processKey(one), one);
    }
    return [...contained.values()];
  }

  async #record(
    accomplice: Accomplice,
    { atNs, actor }: Touch,
    step: 'freeze' | 'kill',
    incident: Incident,
    trap: Trap,
    isFlood: boolean,
  ): Promise<void> {
    const { frozen, records, claim } = this.#options;
    const { pid, startedAtNs, name } = accomplice;
    const process: ProcessFacts = {
      pid,
      startedAtNs,
      name,
      ...(actor.process?.executable !== undefined && { executable: actor.process.executable }),
    };
    const beside = `it runs beside process ${actor.process?.pid}, which changed ${trap.path}`;
    if (step === 'freeze') await frozen.add({ pid, startedAtNs, name, atNs }, incident.id);
    if (!claim(accomplice, step)) return;
    const text =
      step === 'kill'
        ? `was killed: ${beside}`
        : `is frozen until phantomd release ${incident.id} or phantomd kill ${incident.id}: ${beside}`;
    const record = { process, text, step, by: 'daemon', incident: incident.facts(), trap } as const;
    await records.add(step === 'kill' ? 'actor-killed' : 'actor-frozen', record, isFlood);
  }
}
