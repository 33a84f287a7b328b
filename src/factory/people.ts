import type { Faker } from '@faker-js/faker';
import { type BankAccount, bankAccounts } from './bank-account.js';
import { latin } from './latin.js';
import type { Locale } from './locale.js';
import { familyName, nameOf, type PersonName } from './person-name.js';
import { type Position, staffPlan } from './staff-plan.js';
import { storyteller } from './storyteller.js';

/** Someone who works at the persona's company. */
export interface Person extends PersonName {
  /** Login name, such as `jmiller`; unique in the company; letters a to z, dots and dashes. */
  readonly login: string;
  readonly email: string;
  readonly position: Position;
  /** Of the telephone. */
  readonly extension: string;
  readonly employeeNumber: string;
  /** Like `1984-07-21`. */
  readonly birthDate: string;
  /** Like `2017-04-01`; before 2023. */
  readonly hiredOn: string;
  readonly bankAccount: BankAccount;
}

type Naming = (first: string, last: string) => string;
const loginNamings: readonly Naming[] = [
  (first, last) => `${first.charAt(0)}${last}`,
  (first, last) => `${first.charAt(0)}${last}`,
  (first, last) => `${first}.${last}`,
  (first, last) => `${first.charAt(0)}.${last}`,
  (first, last) => `${last}${first.charAt(0)}`,
  (first, last) => `${last}.${first.charAt(0)}`,
];
const mailNamings: readonly Naming[] = [
  (first, last) => `${first}.${last}`,
  (first, last) => `${first}.${last}`,
  (first, last) => `${first.charAt(0)}.${last}`,
  (first, last) => `${first.charAt(0)}${last}`,
  (first, last) => `${last}.${first}`,
];

/** Everyone at the company, heads first. */
export function peopleOf(seed: number, locale: Locale, domain: string): Person[] {
  const faker = storyteller(seed, `people/${locale}`);
  const loginNaming = faker.helpers.arrayElement(loginNamings);
  const mailNaming = faker.helpers.arrayElement(mailNamings);
  const people = new Map<string, Person>();
  const mails = new Set<string>();
  // Each detail has a stream of its own, so that a new one changes none of the others.
  const [births, hirings] = [storyteller(seed, 'births'), storyteller(seed, 'hirings')];
  const account = bankAccounts(storyteller(seed, `accounts/${locale}`), locale);
  const numbers = numbersOf(storyteller(seed, 'staff numbers'));
  const named = fewNamesakes(storyteller(seed, `namesakes/${locale}`), locale);
  for (const position of staffPlan(storyteller(seed, `titles/${locale}`), locale)) {
    const [min, max] = position('male').holders;
    for (let open = faker.number.int({ min, max }); open > 0; ) {
      const name = named(nameOf(faker, locale));
      const names = [latin(name.firstName), latin(name.lastName)] as const;
      const login = loginNaming(...names);
      const email = `${mailNaming(...names)}@${domain}`;
      if (people.has(login) || mails.has(email)) continue;
      mails.add(email);
      people.set(login, {
        ...name,
        login,
        email,
        position: position(name.sex),
        ...numbers(),
        birthDate: day(births, 1962, 1999),
        hiredOn: `${day(hirings, 2008, 2022).slice(0, 8)}${hirings.helpers.arrayElement(['01', '01', '15'])}`,
        bankAccount: account(),
      });
      open -= 1;
    }
  }
  return [...people.values()];
}

/**
 * Takes a name as it is, or another where its surname repeats more than it does among forty people: the lists are
 * shorter than what people really bear. The others come from a stream of their own, so that nobody else changes.
 */
function fewNamesakes(faker: Faker, locale: Locale): (name: PersonName) => PersonName {
  let pairs = faker.helpers.arrayElement([0, 0, 1, 1, 2]);
  const borne = new Map<string, number>();
  return (drawn) => {
    let name = drawn;
    for (;;) {
      const family = familyName(name, locale);
      const bearers = borne.get(family) ?? 0;
      if (bearers === 0 || (bearers === 1 && pairs > 0)) {
        pairs -= bearers;
        borne.set(family, bearers + 1);
        return name;
      }
      name = nameOf(faker, locale);
    }
  };
}

/** Extensions and employee numbers, each once; the older numbers went with those who left. */
function numbersOf(faker: Faker): () => Pick<Person, 'extension' | 'employeeNumber'> {
  let extension = faker.number.int({ min: 11, max: 40 }) * 10;
  let number =
    faker.helpers.arrayElement([0, 100, 1000, 10_000, 40_000]) + faker.number.int({ min: 3, max: 60 });
  const width = faker.helpers.arrayElement([0, 4, 5]);
  return () => {
    extension += faker.number.int({ min: 1, max: 7 });
    number += faker.number.int({ min: 1, max: 9 });
    return { extension: String(extension), employeeNumber: String(number).padStart(width, '0') };
  };
}

function day(faker: Faker, from: number, to: number): string {
  const part = (min: number, max: number) => String(faker.number.int({ min, max })).padStart(2, '0');
  return `${faker.number.int({ min: from, max: to })}-${part(1, 12)}-${part(1, 28)}`;
}
