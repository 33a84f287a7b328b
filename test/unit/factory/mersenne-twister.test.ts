import { generateMersenne53Randomizer } from '@faker-js/faker';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MersenneTwister } from '../../../src/factory/mersenne-twister.js';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const several = (next: () => number) => Array.from({ length: 700 }, next);

test('draws the numbers that Faker draws, whatever the seed, so that stories stay as they were', () => {
  const faker = generateMersenne53Randomizer(1);
  const own = new MersenneTwister([1]);
  fc.assert(
    fc.property(fc.oneof(uint32, fc.array(uint32, { minLength: 1, maxLength: 700 })), (seed) => {
      faker.seed(seed);
      own.seed(seed);
      expect(several(own.next)).toEqual(several(faker.next));
    }),
    { numRuns: 60 },
  );
});
