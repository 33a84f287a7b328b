import type { LocaleDefinition } from '@faker-js/faker';
import { englishNames } from './en.js';

const { female, male, surnames } = englishNames;

/** What is laid over a Faker locale so that people have ordinary names. */
export const ordinaryNames: LocaleDefinition = {
  person: {
    first_name: { generic: [...female, ...male], female: [...female], male: [...male] },
    last_name: { generic: [...surnames], female: [...surnames], male: [...surnames] },
  },
};
