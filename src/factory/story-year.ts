import type { AgeDays } from './ages.js';
import type { Registry } from './registry.js';
import { storyteller } from './storyteller.js';

const dayMs = 86_400_000;

/**
 * Tells the year in which files of an age were written, as seen from the beginning of the story. It stays when the
 * years pass, so that a trap with a year in its name is found again.
 */
export function yearOf({
  seed,
  begunAt,
  traps,
}: Pick<Registry, 'seed' | 'begunAt' | 'traps'>): (age: AgeDays) => number {
  const share = storyteller(seed, 'year').number.float();
  const first = traps.map(({ plantedAt }) => Date.parse(plantedAt));
  const begun = begunAt === undefined ? Math.min(Date.now(), ...first) : Date.parse(begunAt);
  return ({ youngest, oldest }) => {
    const days = youngest + share * (oldest - youngest);
    return new Date(begun - days * dayMs).getFullYear();
  };
}
