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
