/** The smallest value that at least `fraction` of all do not exceed (nearest rank). */
export function quantile(values: readonly number[], fraction: number): number {
  return at(ascending(values), Math.ceil(fraction * values.length) - 1);
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(sorted, upper) : (at(sorted, upper - 1) + at(sorted, upper)) / 2;
}

export function lowest(values: readonly number[]): number {
  return at(ascending(values), 0);
}

export function highest(values: readonly number[]): number {
  return at(ascending(values), values.length - 1);
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[Math.max(0, index)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Probability that the true median lies within, where values are independent. */
  readonly confidence: number;
}

/**
 * Where the true median lies, whatever the distribution: between the k-th value from below and the
 * k-th from above, with the greatest k that still gives `confidence` (binomial order statistics).
 * Fewer than 6 values cannot give 95 %: then it is the whole range, and says what that gives.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): Interval {
  const sorted = ascending(values);
  let rank = 1;
  while (rank < sorted.length / 2 && coverage(sorted.length, rank + 1) >= confidence) rank += 1;
  return {
    low: at(sorted, rank - 1),
    high: at(sorted, sorted.length - rank),
    confidence: coverage(sorted.length, rank),
  };
}

/** Probability that the median lies between the values of this rank from below and from above. */
function coverage(count: number, rank: number): number {
  let combinations = 1;
  let below = 0;
  for (let hits = 0; hits < rank; hits += 1) {
    below += combinations;
    combinations = (combinations * (count - hits)) / (hits + 1);
  }
  return Math.max(0, 1 - (2 * below) / 2 ** count);
}
