import { payIn } from './pay.js';
import type { Person, Persona } from './persona.js';
import { storyteller } from './storyteller.js';

/** One line of the salary table; amounts in whole units of the country's money for its period (`payIn`). */
export interface SalaryRow {
  readonly person: Person;
  readonly before: number;
  readonly now: number;
  /** Raise in per cent, such as `4.2`. */
  readonly raise: string;
  /** Target bonus in per cent of the base salary. */
  readonly bonus: number;
}

export interface SalaryDepartment {
  readonly name: string;
  readonly rows: readonly SalaryRow[];
  readonly total: number;
}

export interface SalaryTable {
  readonly departments: readonly SalaryDepartment[];
  readonly employees: number;
  readonly totalBefore: number;
  readonly total: number;
  readonly raise: string;
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
const percent = (before: number, now: number) => ((now / before - 1) * 100).toFixed(1);

/** What everyone of the persona earns: within the band of the position, and adding up. */
export function salaryTable(persona: Persona): SalaryTable {
  const story = storyteller(persona.seed, 'salary');
  const pay = payIn(persona.locale);
  const rows = persona.people.map((person): SalaryRow => {
    const [min, max] = person.position.salary;
    const dollars = story.number.int({ min, max, multipleOf: 500 });
    // A few got nothing: a list in which everyone rises looks made up.
    const growth =
      story.helpers.maybe(() => 0, { probability: 0.12 }) ?? story.number.float({ min: 0.015, max: 0.078 });
    const now = pay.amount(dollars);
    const before = Math.round(now / (1 + growth) / 50) * 50;
    const bonus = story.helpers.arrayElement(
      max > 140_000 ? [15, 20, 25] : max > 90_000 ? [8, 10, 12] : [0, 3, 5],
    );
    return { person, before: Math.min(before, now), now, raise: percent(Math.min(before, now), now), bonus };
  });
  const names = [...new Set(rows.map((row) => row.person.position.department))];
  const departments = names.map((name) => {
    const own = rows.filter((row) => row.person.position.department === name);
    return { name, rows: own, total: sum(own.map((row) => row.now)) };
  });
  const totalBefore = sum(rows.map((row) => row.before));
  const total = sum(rows.map((row) => row.now));
  return { departments, employees: rows.length, totalBefore, total, raise: percent(totalBefore, total) };
}
