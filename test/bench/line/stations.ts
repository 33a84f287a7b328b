import { highest, lowest, quantile } from '../statistics.js';
import type { Stamps } from './touch-stamps.js';

/** One touch that was made, and what became of it. */
export interface Followed {
  readonly op: 'open' | 'read';
  /** Just before the system call; CLOCK_MONOTONIC, ns. */
  readonly calledAt: bigint;
  readonly stamps: Stamps | undefined;
}

export type Station = 'sensed' | 'asked' | 'onDisk';

/** From the system call to a station, ms; endless for a touch that never came there. */
export function delays(followed: readonly Followed[], station: Station): number[] {
  return followed.map(({ calledAt, stamps }) => {
    const at = stamps?.[station];
    return at === undefined ? Number.POSITIVE_INFINITY : Number(at - calledAt) / 1e6;
  });
}

export const delayColumns = ['touches', 'p50 ms', 'p90 ms', 'p99 ms', 'min ms', 'max ms'] as const;

/** The cells of `delayColumns`. */
export function delayCells(values: readonly number[]): string[] {
  if (values.length === 0) return ['0', ...delayColumns.slice(1).map(() => '-')];
  const figures = [0.5, 0.9, 0.99].map((fraction) => quantile(values, fraction));
  return [String(values.length), ...[...figures, lowest(values), highest(values)].map(milliseconds)];
}

export function milliseconds(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : 'never';
}
