/** ns since the Unix epoch; `Date.now` knows only milliseconds, the monotonic clock carries it between. */
export class WallClock {
  #offsetNs = wallNs() - process.hrtime.bigint();

  nowNs(): bigint {
    const now = process.hrtime.bigint() + this.#offsetNs;
    const error = wallNs() - now;
    if (error < stepNs && error > -stepNs) return now;
    this.#offsetNs += error;
    return now + error;
  }
}

/** A larger difference means that the wall clock was set. */
const stepNs = 5_000_000n;

function wallNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
