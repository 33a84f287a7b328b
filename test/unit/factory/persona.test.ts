import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personaFrom } from '../../../src/factory/persona.js';
import { salaryTable } from '../../../src/factory/salary-table.js';
import { storyteller } from '../../../src/factory/storyteller.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('persona', () => {
  test('the same seed tells the same story, another seed another one', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(personaFrom(seed)).toEqual(personaFrom(seed));
        expect(personaFrom(seed).people).not.toEqual(personaFrom(seed + 1).people);
      }),
      { numRuns: 20 },
    );
  });

  test('a middle-sized company in which logins, hosts and addresses are unique and well formed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { people, hosts, domain, internalDomain } = personaFrom(seed);
        expect(people.length).toBeGreaterThanOrEqual(25);
        expect(people.length).toBeLessThanOrEqual(45);
        expect(new Set(people.map((person) => person.login)).size).toBe(people.length);
        for (const { email, login } of people) {
          expect(email).toMatch(/^[a-z]+\.[a-z-]+@[a-z]+\.(com|net|io)$/);
          expect(login).toMatch(/^[a-z-]+$/);
        }
        expect(internalDomain.endsWith(`.${domain}`)).toBe(true);
        const machines = Object.values(hosts);
        expect(new Set(machines.map((host) => host.address)).size).toBe(machines.length);
        for (const { address } of machines) {
          expect(address).toMatch(/^10(\.\d{1,3}){3}$/);
          expect(address.split('.').every((part) => Number(part) < 255)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
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
