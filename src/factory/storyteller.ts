import { createHash } from 'node:crypto';
import { base, en, Faker, mergeLocales } from '@faker-js/faker';
import { MersenneTwister } from './mersenne-twister.js';
import { ordinaryNames } from './names/ordinary-names.js';

// Once: it takes longer than all else, and a story has many aspects.
const locale = mergeLocales([ordinaryNames, en, base]);

/**
 * A Faker that says the same for the same seed and aspect. Each aspect of a story has its own
 * stream, so that a new detail in one does not change all the others. Never for secrets.
 */
export function storyteller(seed: number, aspect: string): Faker {
  const digest = createHash('sha256').update(`${seed}/${aspect}`).digest();
  const randomizer = new MersenneTwister([digest.readUInt32LE(0), digest.readUInt32LE(4)]);
  return new Faker({ locale, randomizer });
}
