import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIban } from '../../../src/factory/forms/iban.js';
import { familyName } from '../../../src/factory/person-name.js';
import { locales, type Persona, personaFrom } from '../../../src/factory/persona.js';
import { salaryTable } from '../../../src/factory/salary-table.js';
import { storyteller } from '../../../src/factory/storyteller.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

const stories = fc.tuple(seeds, fc.constantFrom(...locales));

describe('persona', () => {
  test('the same seed tells the same story, another seed another one', () => {
    fc.assert(
      fc.property(stories, ([seed, locale]) => {
        expect(personaFrom(seed, locale)).toEqual(personaFrom(seed, locale));
        expect(personaFrom(seed, locale).people).not.toEqual(personaFrom(seed + 1, locale).people);
      }),
      { numRuns: 20 },
    );
  });

  // Hosts keep the seed and the locale alone: who changes what is drawn changes the story of every host.
  test.each([
    ['en', 'f7de958948613968'],
    ['de', '705ec80b08a00bb3'],
    ['ru', '259de47fc7065269'],
  ] as const)('the story of a seed in %s stays the same in later versions', (locale, digest) => {
    const { country: _country, ...story } = personaFrom(2_024, locale);
    expect(createHash('sha256').update(JSON.stringify(story)).digest('hex').slice(0, 16)).toBe(digest);
  });

  test('a middle-sized company in which logins, hosts and addresses are unique and well formed', () => {
    fc.assert(
      fc.property(stories, ([seed, locale]) => {
        const { people, hosts, domain, project } = personaFrom(seed, locale);
        expect(people.length).toBeGreaterThanOrEqual(25);
        expect(people.length).toBeLessThanOrEqual(45);
        for (const key of ['login', 'email', 'extension', 'employeeNumber'] as const)
          expect(new Set(people.map((person) => person[key])).size).toBe(people.length);
        for (const { email, login } of people) {
          expect(email).toMatch(/^[a-z.-]+@[a-z-]+\.[a-z]{2,3}$/);
          expect(email.endsWith(`@${domain}`)).toBe(true);
          expect(login).toMatch(/^[a-z][a-z.-]+$/);
        }
        expect(project).toMatch(/^[a-z]{4,12}$/);
        const machines = Object.values(hosts);
        for (const key of ['name', 'fullName', 'address'] as const)
          expect(new Set(machines.map((host) => host[key])).size).toBe(machines.length);
        for (const { address, fullName } of machines) {
          expect(address).toMatch(/^(10\.\d{1,3}|172\.(2\d|3[01])|192\.168)(\.\d{1,3}){2}$/);
          expect(address.split('.').every((part) => Number(part) < 255)).toBe(true);
          expect(fullName).toMatch(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,3}$/);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no surname is borne by more than two, and few by two, as in real companies of that size', () => {
    const repeated = locales.flatMap((locale) =>
      Array.from({ length: 60 }, (_, seed) => {
        const { people } = personaFrom(seed, locale);
        const families = people.map((person) => familyName(person, locale));
        const bearers = [...new Set(families)].map((name) => families.filter((one) => one === name).length);
        expect(Math.max(...bearers)).toBeLessThanOrEqual(2);
        return bearers.filter((count) => count > 1).length;
      }),
    );
    expect(Math.max(...repeated)).toBeLessThanOrEqual(2);
    // Companies in which nobody has a namesake, and others.
    expect(new Set(repeated)).toEqual(new Set([0, 1, 2]));
  });

  test('accounts check, and Russians bear the name of their father', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [us, germany, russia] = [personaFrom(seed), personaFrom(seed, 'de'), personaFrom(seed, 'ru')];
        for (const person of germany.people) expect(isIban(person.bankAccount.number)).toBe(true);
        for (const person of us.people) expect(person.bankAccount.bank).toMatch(/^\d{9}$/);
        for (const person of russia.people) {
          expect(person.fullName).toMatch(
            person.sex === 'female'
              ? /^[А-ЯЁа-яё]+ [А-ЯЁа-яё]+ [А-ЯЁа-яё]+на$/
              : /^[А-ЯЁа-яё]+ [А-ЯЁа-яё]+ [А-ЯЁа-яё]+ич$/,
          );
          expect(person.position.title).toMatch(/^[А-Яа-яё.\s-]*[А-Яа-яИТ]$/);
          expect(person.bankAccount.number).toMatch(/^40817810\d{12}$/);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('fits its country: names, titles, domain, telephone, money, region', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [us, germany, russia] = [personaFrom(seed), personaFrom(seed, 'de'), personaFrom(seed, 'ru')];
        expect(us.domain).toMatch(/\.(com|net|io|us|co)$/);
        expect(germany.company).toMatch(/ (GmbH|GmbH & Co. KG|AG|KG)$/);
        expect(germany.domain).toMatch(/\.(de|com|eu)$/);
        expect(russia.company).toMatch(/^(ООО|АО|ЗАО) «[А-Яа-яё -]+»$/);
        expect(russia.domain).toMatch(/\.(ru|com)$/);
        expect([us, germany, russia].map(({ place }) => place.phone.slice(0, 3))).toEqual([
          '+1 ',
          '+49',
          '+7 ',
        ]);
        for (const persona of [us, germany, russia]) {
          expect(persona.country.regions).toContain(persona.region);
          expect(() => new Intl.DateTimeFormat('en', { timeZone: persona.place.timeZone })).not.toThrow();
        }
      }),
      { numRuns: 40 },
    );
  });

  test('three hundred hosts have three hundred stories', () => {
    const personas = Array.from({ length: 300 }, (_, seed) => personaFrom(seed));
    const distinct = (of: (persona: Persona) => string) => new Set(personas.map(of)).size;
    expect(distinct((persona) => persona.domain)).toBeGreaterThan(285);
    expect(distinct((persona) => persona.project)).toBeGreaterThan(180);
    expect(distinct((persona) => persona.hosts.database.address)).toBeGreaterThan(295);
    expect(distinct((persona) => persona.hosts.database.name)).toBeGreaterThan(100);
    expect(distinct((persona) => persona.administrator.fullName)).toBeGreaterThan(285);
  });

  test('a new detail of one aspect does not change the others', () => {
    const one = storyteller(5, 'people');
    const other = storyteller(5, 'hosts');
    expect(one.number.int()).not.toBe(other.number.int());
    expect(storyteller(5, 'people').number.int()).toBe(storyteller(5, 'people').number.int());
  });
});

describe('salary table', () => {
  test('lists everyone once, inside the band of the position, and adds up', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const persona = personaFrom(seed);
        const table = salaryTable(persona);
        const rows = table.departments.flatMap((department) => department.rows);
        expect(rows.map((row) => row.person.login).sort()).toEqual(
          persona.people.map((one) => one.login).sort(),
        );
        for (const { person, now, before } of rows) {
          expect(now).toBeGreaterThanOrEqual(person.position.salary[0]);
          expect(now).toBeLessThanOrEqual(person.position.salary[1]);
          expect(before).toBeLessThanOrEqual(now);
        }
        expect(table.departments.reduce((total, department) => total + department.total, 0)).toBe(
          table.total,
        );
        expect(rows.reduce((total, row) => total + row.now, 0)).toBe(table.total);
        expect(table.employees).toBe(rows.length);
      }),
      { numRuns: 40 },
    );
  });
});
