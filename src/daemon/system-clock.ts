import { readFileSync } from 'node:fs';
import type { Clock } from '../core/ports/clock.js';

const stepNs = 5_000_000n;

/**
 * The host's clock. `Date.now` knows only milliseconds, so the monotonic clock carries it; when the
 * two differ by more than 5 ms the wall clock was set, and the difference is taken anew.
 */
export class SystemClock implements Clock {
  #offsetNs = wallNs() - process.hrtime.bigint();

  nowNs(): bigint {
    const now = process.hrtime.bigint() + this.#offsetNs;
    const error = wallNs() - now;
    if (error < stepNs && error > -stepNs) return now;
    this.#offsetNs += error;
    return now + error;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }

  /** Start of the host in ns since the epoch, to 10 ms (/proc/uptime). */
  bootedAtNs(): bigint {
    const [uptime = '0'] = readFileSync('/proc/uptime', 'utf8').split(' ');
    return this.nowNs() - BigInt(Math.round(Number(uptime) * 100)) * 10_000_000n;
  }
}

function wallNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
