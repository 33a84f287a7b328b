import { EarnedBudget } from './earned-budget.js';
import type { Clock } from './ports/clock.js';
import type { Touch } from './touch.js';

/** So many records at once, and then so many a second, of the touches of one user. */
const rate = { burst: 1000, perSecond: 10 };
/** Programs of one user whose first touch is on record whatever the budget says. */
const mostNames = 64;
const mostUsers = 1000;

interface Account {
  readonly budget: EarnedBudget;
  readonly names: Set<string>;
}

/** Keeps a user who touches without end from filling the disk with records. */
export class RecordBudget {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Account>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether this touch may have a record of its own; a program that was not seen before always may. */
  take({ actor }: Touch): boolean {
    const account = this.#account(String(actor.process?.uid ?? 'unknown'));
    const name = actor.process?.name ?? '';
    const isNew = !account.names.has(name) && account.names.size < mostNames;
    if (isNew) account.names.add(name);
    return account.budget.take() || isNew;
  }

  #account(user: string): Account {
    const account = this.#accounts.get(user) ?? {
      budget: new EarnedBudget(this.#clock, rate),
      names: new Set(),
    };
    if (this.#accounts.size >= mostUsers && !this.#accounts.has(user)) this.#accounts.clear();
    this.#accounts.set(user, account);
    return account;
  }
}
