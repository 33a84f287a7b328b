import { ExemptedRecords } from './exempted-records.js';
import type { Exemption } from './exemption.js';
import type { Clock } from './ports/clock.js';
import type { Containment } from './ports/containment.js';
import type { Exemptions } from './ports/exemptions.js';
import type { ProcessInspector } from './ports/process-inspector.js';
import type { Recorder } from './record.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface ExemptedTouchesOptions {
  readonly exemptions: Exemptions;
  readonly processes: Pick<ProcessInspector, 'glance'>;
  readonly record: Recorder;
  readonly clock: Clock;
  /** Absent where nobody is stopped. */
  readonly containment?: Pick<Containment, 'release'>;
  /** The sensor holds this process no more. */
  spare?(pid: number): void;
}

/** Takes the touches of known readers out of the way: on record, but no incident and no response. */
export class ExemptedTouches {
  readonly #options: ExemptedTouchesOptions;
  readonly #records: ExemptedRecords;

  constructor(options: ExemptedTouchesOptions) {
    this.#options = options;
    this.#records = new ExemptedRecords(options);
  }

  /** Whether a rule holds for this touch, which is then seen to. Never throws or rejects. */
  take(touch: Touch, trap: Trap): boolean | Promise<boolean> {
    const rule = this.#options.exemptions.ruleFor(touch.actor);
    if (rule === undefined) return false;
    if (rule instanceof Promise) return rule.then((found) => this.#exempt(touch, trap, found));
    return this.#exempt(touch, trap, rule);
  }

  /** Resolves when everything is on record. */
  flush(): Promise<void> {
    return this.#records.flush();
  }

  #exempt(touch: Touch, trap: Trap, rule: Exemption | undefined): boolean {
    if (rule === undefined) return false;
    const { pid, startedAtNs } = touch.actor.process ?? {};
    // The kernel does not know that the rule holds: the program was replaced a moment ago, or too much is asked.
    if (touch.held === 'stopped' && pid !== undefined && startedAtNs !== undefined) {
      this.#options.spare?.(pid);
      void this.#options.containment?.release({ pid, startedAtNs });
    }
    this.#records.add(touch, trap, rule);
    return true;
  }
}
