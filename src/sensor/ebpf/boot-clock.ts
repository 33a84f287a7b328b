/**
 * Turns the kernel's boot clock into time since the epoch. Each observation of an event that lies
 * between two readings of our clock bounds the difference of the two; the bounds narrow until the
 * wall clock is set, then start anew.
 */
export class BootClock {
  #lowest: bigint | undefined;
  #highest: bigint | undefined;

  /** The kernel stamped `kernelNs` between our readings `beforeNs` and `afterNs`. */
  observe(kernelNs: bigint, beforeNs: bigint, afterNs: bigint): void {
    const lowest = beforeNs - kernelNs;
    const highest = afterNs - kernelNs;
    const narrowedLowest = this.#lowest === undefined || lowest > this.#lowest ? lowest : this.#lowest;
    const narrowedHighest = this.#highest === undefined || highest < this.#highest ? highest : this.#highest;
    const consistent = narrowedLowest <= narrowedHighest;
    this.#lowest = consistent ? narrowedLowest : lowest;
    this.#highest = consistent ? narrowedHighest : highest;
  }

  /** ns since the epoch, or undefined before the first observation. */
  toEpochNs(kernelNs: bigint): bigint | undefined {
    if (this.#lowest === undefined || this.#highest === undefined) return undefined;
    return kernelNs + (this.#lowest + this.#highest) / 2n;
  }
}
