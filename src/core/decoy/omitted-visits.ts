import type { Clock } from '../ports/clock.js';
import type { Recorder } from '../record.js';
import type { DecoyService } from './decoy-service.js';

/** What has no record of its own is told in sum after this, in ms. */
const tellMs = 60_000;

/** Counts what happened at the decoy and has no record of its own, and tells the sums. */
export class OmittedVisits {
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #counts = new Map<DecoyService, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, record: Recorder) {
    this.#clock = clock;
    this.#record = record;
  }

  add(service: DecoyService, count = 1): void {
    this.#counts.set(service, (this.#counts.get(service) ?? 0) + count);
    this.#cancel ??= this.#clock.after(tellMs, () => void this.flush());
  }

  async flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const events = [...this.#counts].map(([service, count]) => ({
      action: 'decoy-omitted' as const,
      atNs: this.#clock.nowNs(),
      message: `${count} more events of the decoy service ${service} have no record`,
      decoy: { service, count },
    }));
    this.#counts.clear();
    if (events.length > 0) await this.#record(...events);
  }
}
