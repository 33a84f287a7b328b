import { setTimeout as wait } from 'node:timers/promises';
import type { StrandedSweep } from '../core/stranded-sweep.js';

export interface SweepDuringOptions {
  /** Time between two sweeps in ms, 200 when absent. */
  readonly everyMs?: number;
  /** Looks at the least so long, in ms: a stop may be on its way. */
  readonly forMs?: number;
  /** Somebody else looks from now on. */
  isOver?(): boolean;
}

/**
 * Sees to whoever stands still unheard as long as `detached` is waited for, and once after it: until the
 * script of an earlier run is detached it goes on to stop processes. Settles as `detached` does.
 */
export async function sweepDuring<Result>(
  sweep: Pick<StrandedSweep, 'sweep' | 'freeLeftBehind'>,
  detached: Promise<Result>,
  { everyMs = 200, forMs = 0, isOver = () => false }: SweepDuringOptions = {},
): Promise<Result> {
  let isDetached = false;
  const detaching = detached.finally(() => {
    isDetached = true;
  });
  // It is awaited below: until then a failure is nobody's.
  detaching.catch(() => {});
  const look = async () => {
    if (isOver()) return;
    await sweep.freeLeftBehind();
    await sweep.sweep();
  };
  const until = performance.now() + forMs;
  do {
    await look();
    await Promise.race([wait(everyMs), ...(performance.now() < until ? [] : [detaching.catch(() => {})])]);
  } while ((!isDetached || performance.now() < until) && !isOver());
  try {
    return await detaching;
  } finally {
    await look();
  }
}
