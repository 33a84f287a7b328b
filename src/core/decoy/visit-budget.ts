import { EarnedBudget } from '../earned-budget.js';
import type { Clock } from '../ports/clock.js';

/** Addresses whose first event has a record whatever the budget says. */
const mostAddresses = 1000;
const rate = { burst: 300, perSecond: 2 };

/** Keeps a visitor who connects without end from filling the disk with records. */
export class VisitBudget {
  readonly #budget: EarnedBudget;
  readonly #known = new Set<string>();

  constructor(clock: Clock) {
    this.#budget = new EarnedBudget(clock, rate);
  }

  /** Whether what comes from this address may have a record of its own; the first always may. */
  take(ip: string): boolean {
    const isNew = !this.#known.has(ip) && this.#known.size < mostAddresses;
    if (isNew) this.#known.add(ip);
    return this.#budget.take() || isNew;
  }
}
