import type { Clock } from './ports/clock.js';
import type { Touch } from './touch.js';

/** So many records at once, and then so many a second, of the touches of one user. */
const usual = { burst: 1000, perSecond: 10 };
/** Programs of one user whose first touch is on record whatever the budget says. */
const mostNames = 64;
const mostUsers = 1000;

interface Account {
  left: bigint;
  paidAtNs: bigint;
  readonly names: Set<string>;
}

/** Keeps a user who touches without end from filling the disk with records. */
export class RecordBudget {
  readonly #clock: Clock;
  readonly #burst: bigint;
  readonly #perSecond: bigint;
  readonly #accounts = new Map<string, Account>();

  constructor(clock: Clock, { burst, perSecond } = usual) {
    this.#clock = clock;
    this.#burst = BigInt(burst);
    this.#perSecond = BigInt(perSecond);
  }

  /** Whether this touch may have a record of its own; a program that was not seen before always may. */
  take({ actor }: Touch): boolean {
    const account = this.#account(String(actor.process?.uid ?? 'unknown'));
    const name = actor.process?.name ?? '';
    const isNew = !account.names.has(name) && account.names.size < mostNames;
    if (isNew) account.names.add(name);
    if (account.left <= 0n) return isNew;
    account.left -= 1n;
    return true;
  }

  #account(user: string): Account {
    const nowNs = this.#clock.nowNs();
    const account = this.#accounts.get(user) ?? { left: this.#burst, paidAtNs: nowNs, names: new Set() };
    const earned = ((nowNs - account.paidAtNs) * this.#perSecond) / 1_000_000_000n;
    if (earned > 0n) {
      account.left = account.left + earned > this.#burst ? this.#burst : account.left + earned;
      account.paidAtNs = nowNs;
    }
    if (this.#accounts.size >= mostUsers && !this.#accounts.has(user)) this.#accounts.clear();
    this.#accounts.set(user, account);
    return account;
  }
}
