import { Accomplices } from './accomplices.js';
import type { ProcessFacts } from './actor.js';
import { processKey } from './actor-key.js';
import { containedProcess } from './contained-process.js';
import { type ContainmentPolicy, type ContainmentStep, dueStep } from './containment-policy.js';
import type { ContainmentRecords } from './containment-records.js';
import { describeActor } from './describe-touch.js';
import type { FrozenProcesses } from './frozen-processes.js';
import { Hold } from './hold.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { ContainedProcess, Containment } from './ports/containment.js';
import type { Diagnostics } from './ports/diagnostics.js';
import type { HeldJournal } from './ports/held-journal.js';
import { RecentSet } from './recent-set.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface HoldDeskOptions {
  readonly containment: Containment;
  readonly policy: ContainmentPolicy;
  /** Longest time in ms that an inspected process stands still. */
  readonly holdMs: number;
  readonly frozen: FrozenProcesses;
  readonly journal: HeldJournal;
  readonly records: ContainmentRecords;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/** What is done to the process of one touch, for whoever files and inspects it. */
export interface Handling {
  /** It stands still and waits to be looked at. */
  readonly isHeld: boolean;
  /** Puts on record what was done, durably first where it lasts; of a flood in sum. */
  filed(incident: Incident, trap: Trap, isFlood: boolean): Promise<void>;
  /** Enough was seen of it: it may go on. To be called once. */
  looked(captured?: readonly string[]): Promise<void>;
}

interface Held {
  readonly hold: Hold;
  readonly process: ProcessFacts;
  incident?: Incident;
  trap?: Trap;
  readonly captured: Set<string>;
  /** All its touches are of a flood; undefined as long as none is filed. */
  isFlood?: boolean;
}

const nothing: Handling = { isHeld: false, filed: async () => {}, looked: async () => {} };
const mostRemembered = 4096;

/** Does to the process of a touch what the configuration wants and the kernel has not done. */
export class HoldDesk {
  readonly #options: HoldDeskOptions;
  readonly #held = new Map<string, Held>();
  /** Processes whose freezing or killing is under way or told. */
  readonly #frozen = new RecentSet(mostRemembered);
  readonly #killed = new RecentSet(mostRemembered);
  readonly #failures = new RecentSet(mostRemembered);
  readonly #accomplices: Accomplices;
  readonly #pending = new Set<Promise<void>>();

  constructor(options: HoldDeskOptions) {
    this.#options = options;
    this.#accomplices = new Accomplices({
      ...options,
      claim: (process, step) => (step === 'kill' ? this.#killed : this.#frozen).add(processKey(process)),
    });
  }

  /** Takes the process of a touch in hand at once; never throws. */
  touched(touch: Touch): Handling {
    const facts = touch.actor.process;
    const process = containedProcess(facts);
    if (facts === undefined || process === undefined || touch.actor.certainty !== 'kernel') {
      if (touch.held === 'stopped')
        this.#options.diagnostics.error(`${describeActor(touch.actor)} was stopped, and nothing pins it`);
      return nothing;
    }
    const step = this.#dueStep(touch, process);
    if (touch.held === 'killed' || step === 'kill') return this.#kill(touch, facts, process);
    if (step === 'freeze') return this.#freeze(touch, facts, process);
    return touch.held === 'stopped' ? this.#hold(touch, facts, process) : nothing;
  }

  /** The touch is none of an intruder: whoever was stopped at it goes on. */
  dismiss(touch: Touch): void {
    const { process: facts } = touch.actor;
    const process = containedProcess(facts);
    if (touch.held !== 'stopped' || facts === undefined || process === undefined) return;
    void this.#hold(touch, facts, process).looked();
  }

  isHeld(process: ContainedProcess): boolean {
    return this.#held.has(processKey(process));
  }

  /** Lets everybody go who stands still for a moment only. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held.values()].map(({ hold }) => hold.release()));
  }

  /** Resolves when what was done is on record. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #dueStep(touch: Touch, process: ContainedProcess): ContainmentStep {
    // What an operator released stays released, whatever it touches.
    return this.#options.frozen.isPardoned(process) ? 'observe' : dueStep(this.#options.policy, touch);
  }

  #kill(touch: Touch, facts: ProcessFacts, process: ContainedProcess): Handling {
    const { containment, frozen, records } = this.#options;
    this.#giveUpHold(process);
    const byKernel = touch.held === 'killed';
    const killed = byKernel ? Promise.resolve(true) : containment.kill(process);
    const others = this.#accomplices.contain(touch, process, 'kill');
    return lasting(others, async (incident, trap, isFlood) => {
      if (!(await killed)) return this.#failed('kill', touch, facts, process, incident, isFlood);
      await frozen.ended(process);
      if (!this.#killed.add(processKey(process))) return;
      const record = {
        process: facts,
        text: `was killed: ${touch.op} of ${trap.path}`,
        step: 'kill',
        by: byKernel ? 'kernel' : 'daemon',
        incident: incident.facts(),
        trap,
      } as const;
      await records.add('actor-killed', record, isFlood);
    });
  }

  #freeze(touch: Touch, facts: ProcessFacts, process: ContainedProcess): Handling {
    const { containment, frozen, records } = this.#options;
    if (frozen.has(process)) return nothing;
    this.#giveUpHold(process);
    // Also where the kernel did: a process that was being released at that moment may have lost the stop.
    const stopped = containment.stop(process);
    const others = this.#accomplices.contain(touch, process, 'freeze');
    return lasting(others, async (incident, trap, isFlood) => {
      if (!(await stopped)) return this.#failed('freeze', touch, facts, process, incident, isFlood);
      const { name } = facts;
      await frozen.add({ ...process, atNs: touch.atNs, ...(name !== undefined && { name }) }, incident.id);
      if (!this.#frozen.add(processKey(process))) return;
      const record = {
        process: facts,
        text: `is frozen until phantomd release ${incident.id} or phantomd kill ${incident.id}`,
        step: 'freeze',
        by: touch.held === 'stopped' ? 'kernel' : 'daemon',
        incident: incident.facts(),
        trap,
      } as const;
      await records.add('actor-frozen', record, isFlood);
    });
  }

  /** It had ended, or is one that is never stopped: that one must not stand still either. */
  async #failed(
    step: 'freeze' | 'kill',
    touch: Touch,
    facts: ProcessFacts,
    process: ContainedProcess,
    incident: Incident,
    isFlood: boolean,
  ): Promise<void> {
    const { containment, records } = this.#options;
    if (touch.held === 'stopped') await containment.release(process);
    if (!this.#failures.add(processKey(process))) return;
    const record = {
      process: facts,
      text: `could not be ${step === 'kill' ? 'killed' : 'frozen'}`,
      reason: 'it had ended, or is a process that is never stopped',
      step,
      by: 'daemon',
      incident: incident.facts(),
    } as const;
    await records.add('containment-failed', record, isFlood);
  }

  #hold(touch: Touch, facts: ProcessFacts, process: ContainedProcess): Handling {
    const { frozen } = this.#options;
    if (frozen.has(process)) return nothing;
    const held = this.#heldOf(touch, facts, process);
    held.hold.look();
    return {
      isHeld: true,
      filed: async (incident, trap, isFlood) => {
        held.incident ??= incident;
        held.trap ??= trap;
        held.isFlood = isFlood && held.isFlood !== false;
      },
      looked: (captured = []) => {
        for (const name of captured) held.captured.add(name);
        return held.hold.looked();
      },
    };
  }

  #heldOf(touch: Touch, facts: ProcessFacts, process: ContainedProcess): Held {
    const { clock, holdMs, journal } = this.#options;
    const key = processKey(process);
    const known = this.#held.get(key);
    if (known !== undefined) return known;
    const held: Held = {
      process: facts,
      captured: new Set(),
      hold: new Hold({ process, atNs: touch.atNs, holdMs, clock, release: () => this.#release(key, held) }),
    };
    this.#held.set(key, held);
    journal.holding(process);
    return held;
  }

  async #release(key: string, held: Held): Promise<void> {
    const { containment, clock, journal } = this.#options;
    const { process, atNs } = held.hold;
    // False of a touch that was told late: it goes on already.
    const stood = await containment.standsStill(process);
    // It is frozen or killed meanwhile.
    if (this.#held.get(key) !== held) return;
    this.#held.delete(key);
    await containment.release(process);
    journal.freed(process);
    const heldMs = Number(clock.nowNs() - atNs) / 1e6;
    if (stood) this.#track(this.#recordHeld(held, heldMs));
  }

  #recordHeld({ process, captured, incident, trap, isFlood }: Held, heldMs: number): Promise<void> {
    const record = {
      process,
      text: `stood still for ${heldMs.toFixed(1)} ms and goes on`,
      step: 'inspect',
      by: 'kernel',
      heldMs,
      captured: [...captured],
      ...(incident && { incident: incident.facts() }),
      ...(trap && { trap }),
    } as const;
    return this.#options.records.add('actor-held', record, isFlood);
  }

  /** What is done now lasts: no timer may let it go. */
  #giveUpHold(process: ContainedProcess): void {
    const key = processKey(process);
    this.#held.get(key)?.hold.giveUp();
    if (this.#held.delete(key)) this.#options.journal.freed(process);
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.#options.diagnostics.error(`containment: ${error.message}`))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}

/** It is done what is done: nobody is waited for. */
function lasting(others: Handling['filed'], own: Handling['filed']): Handling {
  const filed: Handling['filed'] = async (...at) => {
    await own(...at);
    await others(...at);
  };
  return { isHeld: false, filed, looked: async () => {} };
}
