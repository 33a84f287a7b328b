import { companyOf } from './company.js';
import { nameOf } from './person-name.js';
import type { Persona } from './persona.js';
import { storyteller } from './storyteller.js';

/** With whom the company does business: the same names in all its files. */
export function customersOf({ seed, locale }: Persona): string[] {
  const story = storyteller(seed, 'dump customers');
  const surnames = Array.from({ length: 30 }, () => nameOf(story, locale).lastName);
  const isLegal = story.datatype.boolean();
  return Array.from({ length: story.number.int({ min: 8, max: 24 }) }, () => {
    const company = companyOf(story, locale, surnames);
    return isLegal ? company.legalName : company.shortName;
  });
}
