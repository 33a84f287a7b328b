import { median, quantile } from '../bench/statistics.js';
import { type Attempt, heldMs, inMemoryEarly, type Outcome, usedEarly } from './attempt.js';

/** What became of all attempts of one way under one containment. */
export interface Tally {
  readonly attempts: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Attempts that were seen to stand still. */
  readonly stopped: number;
  /** Attempts with a byte in their memory, and with a byte out, before anybody let them go on. */
  readonly memory: number;
  readonly published: number;
  /** Attempts that were let go before the judge could look; what they did is told by their own clock. */
  readonly late: number;
  readonly heldMs?: { readonly median: number; readonly p95: number; readonly count: number };
  /** Attempts whose process the audit log says was stopped, killed or refused. */
  readonly onRecord: number;
}

export function tally(attempts: readonly Attempt[], onRecord: number): Tally {
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of attempts) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const held = attempts.map(heldMs).filter((one) => one !== undefined);
  return {
    attempts: attempts.length,
    outcomes,
    stopped: attempts.filter(({ stops, isLate, outcome }) => {
      return (stops > 0 || isLate) && (outcome === 'ended' || outcome === 'stopped');
    }).length,
    memory: attempts.filter(inMemoryEarly).length,
    published: attempts.filter(usedEarly).length,
    late: attempts.filter(({ isLate }) => isLate).length,
    ...(held.length > 0 && {
      heldMs: { median: rounded(median(held)), p95: rounded(quantile(held, 0.95)), count: held.length },
    }),
    onRecord,
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
