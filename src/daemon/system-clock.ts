import { uptime } from 'node:os';
import type { Clock } from '../core/ports/clock.js';

const stepNs = 5_000_000n;

/**
 * The host's clock. `Date.now` knows only milliseconds, so the monotonic clock carries it; when the
 * two differ by more than 5 ms the wall clock was set, and the difference is taken anew.
 */
export class SystemClock implements Clock {
  #offsetNs = wallNs() - process.hrtime.bigint();
  #bootedAtNs: bigint | undefined;

  nowNs(): bigint {
    const now = process.hrtime.bigint() + this.#offsetNs;
    const error = wallNs() - now;
    if (error < stepNs && error > -stepNs) return now;
    this.#offsetNs += error;
    if (this.#bootedAtNs !== undefined) this.#bootedAtNs += error;
    return now + error;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }

  /** Start of the host in ns since the epoch: the same for all records, until the wall clock is set. */
  bootedAtNs(): bigint {
    this.#bootedAtNs ??= this.#findBoot();
    return this.#bootedAtNs;
  }

  /** /proc/uptime counts in 10 ms: the moment at which it steps is waited for, once. */
  #findBoot(): bigint {
    const first = uptimeNs();
    let next = first;
    while (next === first) next = uptimeNs();
    return this.nowNs() - next;
  }
}

function uptimeNs(): bigint {
  return BigInt(Math.round(uptime() * 100)) * 10_000_000n;
}

function wallNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
