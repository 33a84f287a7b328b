import { processKey } from './actor-key.js';
import type { AuditEvent } from './audit-event.js';
import { describeProcess, describeTouch } from './describe-touch.js';
import type { Exemption } from './exemption.js';
import type { Clock } from './ports/clock.js';
import type { ProcessInspector } from './ports/process-inspector.js';
import type { Recorder } from './record.js';
import { RecordBudget } from './record-budget.js';
import type { Touch } from './touch.js';
import type { Trap } from './trap.js';

export interface ExemptedRecordsOptions {
  readonly record: Recorder;
  readonly processes: Pick<ProcessInspector, 'glance'>;
  readonly clock: Clock;
}

/** A nightly backup opens every trap there is: what is of no interest shall not fill the log. */
const budget = { burst: 100, perSecond: 1 };
/** Longest time in ms until what had no record of its own is told in sum. */
const quietMs = 10_000;
const mostNamed = 20;
const mostRemembered = 20_000;

interface Sum {
  last: Touch;
  trap: Trap;
  count: number;
  readonly processes: Set<string>;
}

/**
 * Puts exempted touches on record: the first of a process on a trap with an operation, within a
 * budget; everything else in sum, so that no touch is left out.
 */
export class ExemptedRecords {
  readonly #options: ExemptedRecordsOptions;
  readonly #budget: RecordBudget;
  readonly #seen = new Set<string>();
  readonly #sums = new Map<string, Sum>();
  readonly #pending = new Set<Promise<void>>();
  #cancel: (() => void) | undefined;

  constructor(options: ExemptedRecordsOptions) {
    this.#options = options;
    this.#budget = new RecordBudget(options.clock, budget);
  }

  add(touch: Touch, trap: Trap, rule: Exemption): void {
    if (this.#isFirst(touch) && this.#budget.take(touch)) this.#track(this.#tell(touch, trap, rule));
    else this.#sumUp(touch, trap, rule);
  }

  /** Puts on record what was summed up, and waits for all. */
  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const sums = [...this.#sums];
    this.#sums.clear();
    for (const [name, { last, trap, count, processes }] of sums)
      await this.#options.record(
        exempted(
          name,
          { ...last, count },
          trap,
          `${count} more touches, ${last.op} of ${trap.path} the last, by ${[...processes].join(', ')}`,
        ),
      );
    await Promise.all(this.#pending);
  }

  #isFirst({ actor, trapId, op }: Touch): boolean {
    const access = `${processKey(actor.process)}|${trapId}|${op}`;
    if (this.#seen.has(access)) return false;
    this.#seen.add(access);
    if (this.#seen.size > mostRemembered) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }

  async #tell(sensed: Touch, trap: Trap, { name }: Exemption): Promise<void> {
    const touch = { ...sensed, actor: await this.#options.processes.glance(sensed.actor) };
    await this.#options.record(exempted(name, touch, trap, describeTouch(touch, trap)));
  }

  #sumUp(touch: Touch, trap: Trap, { name }: Exemption): void {
    const sum = this.#sums.get(name) ?? { last: touch, trap, count: 0, processes: new Set<string>() };
    this.#sums.set(name, sum);
    sum.last = touch;
    sum.trap = trap;
    sum.count += touch.count ?? 1;
    if (touch.actor.process !== undefined && sum.processes.size < mostNamed)
      sum.processes.add(describeProcess(touch.actor.process));
    this.#cancel ??= this.#options.clock.after(quietMs, () => void this.flush());
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }
}

function exempted(name: string, touch: Touch, trap: Trap, what: string): AuditEvent {
  // What the kernel has ended cannot be undone; the reader of the log should know why a backup failed.
  const late = touch.held === 'killed' ? '; it was killed before the rule was known' : '';
  return {
    action: 'touch-exempted',
    atNs: touch.atNs,
    message: `exempted by rule ${name}: ${what}${late}`,
    outcome: 'success',
    exemption: { name },
    trap,
    touch,
  };
}
