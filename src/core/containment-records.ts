import type { ProcessFacts } from './actor.js';
import type { AuditEvent, ContainmentFacts, IncidentFacts } from './audit-event.js';
import { describeProcess } from './describe-touch.js';
import type { Clock } from './ports/clock.js';
import type { Recorder } from './record.js';
import type { Trap } from './trap.js';

type Action = Extract<
  AuditEvent['action'],
  | 'actor-held'
  | 'actor-frozen'
  | 'actor-killed'
  | 'actor-released'
  | 'stranded-released'
  | 'containment-broken'
  | 'containment-failed'
>;

export interface ContainmentRecord extends ContainmentFacts {
  readonly process: ProcessFacts;
  /** What is said of the process, such as `was stopped`. */
  readonly text: string;
  readonly reason?: string;
  readonly incident?: IncidentFacts;
  readonly trap?: Trap;
}

/** Puts on record what was done to processes. */
export class ContainmentRecords {
  readonly #clock: Clock;
  readonly #record: Recorder;

  constructor(clock: Clock, record: Recorder) {
    this.#clock = clock;
    this.#record = record;
  }

  async add(action: Action, { process, text, reason, incident, trap, ...containment }: ContainmentRecord) {
    await this.#record({
      action,
      atNs: this.#clock.nowNs(),
      message: `${describeProcess(process)} ${text}`,
      outcome: action === 'containment-failed' || action === 'containment-broken' ? 'failure' : 'success',
      subject: { process },
      containment,
      ...(reason !== undefined && { reason }),
      ...(incident && { incident }),
      ...(trap && { trap }),
    });
  }
}
