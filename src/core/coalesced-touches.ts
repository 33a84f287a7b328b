import { describeProcess } from './describe-touch.js';
import type { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Recorder } from './record.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

/** Longest time in ms until what had no record of its own is told in sum. */
const quietMs = 10_000;
const mostNamed = 20;

interface Sum {
  readonly trap: Trap;
  readonly incident: Incident;
  last: Touch;
  count: number;
  readonly processes: Set<string>;
}

/** Tells in one record of many touches that were too many for records of their own. */
export class CoalescedTouches {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #sums = new Map<string, Sum>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, record: Recorder) {
    this.#clock = clock;
    this.#record = record;
  }

  add(touch: Touch, trap: Trap, incident: Incident): void {
    const key = `${incident.id} ${trap.id} ${touch.op}`;
    const sum = this.#sums.get(key) ?? { trap, incident, last: touch, count: 0, processes: new Set() };
    this.#sums.set(key, sum);
    sum.last = touch;
    sum.count += touch.count ?? 1;
    if (touch.actor.process !== undefined && sum.processes.size < mostNamed)
      sum.processes.add(describeProcess(touch.actor.process));
    this.#cancel ??= this.#clock.after(quietMs, () => void this.flush());
  }

  /** Puts on record what was summed up until now. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const sums = [...this.#sums.values()];
    this.#sums.clear();
    for (const { trap, incident, last, count, processes } of sums)
      await this.#record({
        action: 'touches-coalesced',
        atNs: last.atNs,
        message: `${count} more touches, ${last.op} of ${trap.path}, by ${[...processes].join(', ')}`,
        outcome: 'success',
        incident: incident.facts(),
        trap,
        touch: { ...last, count },
      });
  }
}
