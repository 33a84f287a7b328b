import type { ProcessFacts } from './actor.js';
import type { AuditEvent, ContainmentFacts, IncidentFacts } from './audit-event.js';
import { describeProcess } from './describe-touch.js';
import { EarnedBudget } from './earned-budget.js';
import type { Clock } from './ports/clock.js';
import type { Recorder } from './record.js';
import { type ContainmentAction, SummedContainment } from './summed-containment.js';
import type { Trap } from './trap.js';

export interface ContainmentRecord extends ContainmentFacts {
  readonly process: ProcessFacts;
  /** What is said of the process, such as `was stopped`. */
  readonly text: string;
  readonly reason?: string;
  readonly incident?: IncidentFacts;
  readonly trap?: Trap;
}

/** So many records at once, and then so many a second, of what no budget of touches bounds. */
const rate = { burst: 100, perSecond: 1 };

/** Puts on record what was done to processes. */
export class ContainmentRecords {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #summed: SummedContainment;
  readonly #budget: EarnedBudget;

  constructor(clock: Clock, record: Recorder) {
    this.#clock = clock;
    this.#record = record;
    this.#summed = new SummedContainment(clock, record);
    this.#budget = new EarnedBudget(clock, rate);
  }

  /** Of a flood one record tells in sum, within 10 s. */
  async add(action: ContainmentAction, record: ContainmentRecord, isFlood = false): Promise<void> {
    const event = this.#event(action, record);
    if (isFlood || (isUnbounded(action, record) && !this.#budget.take())) this.#summed.add(action, event);
    else await this.#record(event);
  }

  /** Puts on record what was summed up until now. */
  flush(): Promise<void> {
    return this.#summed.flush();
  }

  #event(action: ContainmentAction, record: ContainmentRecord): AuditEvent {
    const { process, text, reason, incident, trap, ...containment } = record;
    return {
      action,
      atNs: this.#clock.nowNs(),
      message: `${describeProcess(process)} ${text}`,
      outcome: action === 'containment-failed' || action === 'containment-broken' ? 'failure' : 'success',
      subject: { process },
      containment,
      ...(reason !== undefined && { reason }),
      ...(incident && { incident }),
      ...(trap && { trap }),
    };
  }
}

/** Whoever stands still with a trap open, or lets a frozen one go, can do so without end. */
function isUnbounded(action: ContainmentAction, { by, incident }: ContainmentRecord): boolean {
  if (action === 'stranded-released' || action === 'containment-broken') return true;
  return incident === undefined && by !== 'operator';
}
