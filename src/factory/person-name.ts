import type { Faker } from '@faker-js/faker';
import type { Locale } from './locale.js';
import { germanNames } from './names/de.js';
import { englishNames } from './names/en.js';
import type { NameLists } from './names/name-lists.js';
import { russianNames } from './names/ru.js';
import type { Sex } from './staff-plan.js';

/** What somebody is called, as their language writes it. */
export interface PersonName {
  readonly sex: Sex;
  readonly firstName: string;
  readonly lastName: string;
  /** As documents name them: in Russian the surname, the name and the father's name. */
  readonly fullName: string;
  /** With the first name as a letter, such as `S. Miller` or `Иванов С. П.`. */
  readonly shortName: string;
}

/** The names that people have where a language is spoken. */
export const namesIn: Readonly<Record<Locale, NameLists>> = {
  en: englishNames,
  de: germanNames,
  ru: russianNames,
};

/** Draws a name. */
export function nameOf(faker: Faker, locale: Locale): PersonName {
  const names = namesIn[locale];
  const sex: Sex = faker.datatype.boolean() ? 'female' : 'male';
  const firstName = faker.helpers.arrayElement(names[sex]);
  const surname = faker.helpers.arrayElement(names.surnames);
  const lastName = sex === 'female' && names.feminine ? names.feminine(surname) : surname;
  if (!names.patronymics)
    return {
      sex,
      firstName,
      lastName,
      fullName: `${firstName} ${lastName}`,
      shortName: `${firstName.charAt(0)}. ${lastName}`,
    };
  const patronymic = faker.helpers.arrayElement(names.patronymics[sex]);
  const shortName = `${lastName} ${firstName.charAt(0)}. ${patronymic.charAt(0)}.`;
  return { sex, firstName, lastName, fullName: `${lastName} ${firstName} ${patronymic}`, shortName };
}

/** The surname in the form that a whole family shares: in Russian that of women. */
export function familyName({ sex, lastName }: Pick<PersonName, 'sex' | 'lastName'>, locale: Locale): string {
  return sex === 'female' ? lastName : (namesIn[locale].feminine?.(lastName) ?? lastName);
}
