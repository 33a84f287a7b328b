import type { AuditEvent, ContainmentFacts, IncidentFacts } from './audit-event.js';
import { describeProcess } from './describe-touch.js';
import type { Clock } from './ports/clock.js';
import type { Recorder } from './record.js';

/** Longest time in ms until what had no record of its own is told in sum. */
const quietMs = 10_000;
const mostNamed = 20;

/** What a sum says of its processes. */
const meanings = {
  'actor-held': 'stood still for a moment and went on',
  'actor-frozen': 'were frozen',
  'actor-killed': 'were killed',
  'actor-released': 'were released',
  'stranded-released': 'stood still unheard and went on',
  'containment-broken': 'were let go by somebody and stopped again, or had ended',
  'containment-failed': 'could not be stopped or killed',
} as const;

export type ContainmentAction = keyof typeof meanings;

interface Sum {
  last: AuditEvent;
  readonly action: ContainmentAction;
  readonly processes: Set<string>;
  count: number;
}

/** Tells in one record of much that was done to processes: a flood of them shall not fill the disk. */
export class SummedContainment {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #sums = new Map<string, Sum>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, record: Recorder) {
    this.#clock = clock;
    this.#record = record;
  }

  add(action: ContainmentAction, event: AuditEvent): void {
    const { step, by } = event.containment ?? {};
    const key = [action, step, by, event.incident?.id, event.trap?.id].join(' ');
    const sum = this.#sums.get(key) ?? { last: event, action, processes: new Set(), count: 0 };
    this.#sums.set(key, sum);
    sum.last = event;
    sum.count += 1;
    if (event.subject !== undefined && sum.processes.size < mostNamed)
      sum.processes.add(describeProcess(event.subject.process));
    this.#cancel ??= this.#clock.after(quietMs, () => void this.flush());
  }

  /** Puts on record what was summed up until now. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const sums = [...this.#sums.values()];
    this.#sums.clear();
    for (const { last, action, processes, count } of sums) {
      const { containment, incident } = last;
      await this.#record({
        ...last,
        message: `${count} more times: processes ${meanings[action]}${until(action, incident)}, among them ${[...processes].join(', ')}`,
        // How long the last one stood still says nothing of the others.
        ...(containment && { containment: ofAll(containment) }),
      });
    }
  }
}

function ofAll({ step, by }: ContainmentFacts): ContainmentFacts {
  return { step, by };
}

function until(action: ContainmentAction, incident: IncidentFacts | undefined): string {
  if (action !== 'actor-frozen' || incident === undefined) return '';
  return ` until phantomd release ${incident.id} or phantomd kill ${incident.id}`;
}
