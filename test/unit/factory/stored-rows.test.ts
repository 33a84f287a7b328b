import { expect, test } from 'vitest';
import { accountRows, pastOf } from '../../../src/factory/account-rows.js';
import { DumpStyle } from '../../../src/factory/dump-style.js';
import { ordersTable, usersTable } from '../../../src/factory/dump-tables.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { storyteller } from '../../../src/factory/storyteller.js';
import { businessTable, connectionsTable } from '../../../src/factory/web-databases/own-tables.js';

const latest = new Date('2026-03-04T15:16:17Z');

test.each([1, 2, 3, 4, 5, 6])('nothing is stored by somebody who had no account yet (story %i)', (seed) => {
  const persona = personaFrom(seed, 'de');
  const story = storyteller(seed, 'stored rows');
  const accounts = accountRows(persona, story, latest, '2b');
  const past = pastOf(accounts, latest);
  const since = new Map(accounts.map(({ id, createdAt }) => [id, createdAt.getTime()]));
  const { columns, rows } = businessTable(persona, story, accounts, past);
  const of = columns.findIndex(({ type }) => type === 'user');
  for (const { values, createdAt, updatedAt } of rows) {
    expect(since.get(Number(values[of]))).toBeLessThanOrEqual(createdAt.getTime());
    expect(updatedAt.getTime()).toBeGreaterThan(createdAt.getTime());
    expect(updatedAt.getTime()).toBeLessThanOrEqual(latest.getTime());
  }
  const style = new DumpStyle(story);
  const users = usersTable(
    style,
    accounts.map((row) => ({ ...row, sealed: row.hash })),
  );
  const orders = ordersTable(style, persona, { users, accounts }, past);
  const owner = orders.columns.findIndex(({ name }) => name === orders.refersTo?.column) + 1;
  const made = orders.columns.findIndex(({ name }) => name === style.created) + 1;
  for (const row of orders.rows)
    expect(since.get(Number(row[owner]))).toBeLessThanOrEqual(
      Date.parse(`${`${row[made]}`.slice(0, 19)}Z`) + 999,
    );
});

test('rows are numbered in the order in which they came', () => {
  const persona = personaFrom(7);
  const story = storyteller(7, 'stored rows');
  const past = pastOf(accountRows(persona, story, latest, '2b'), latest);
  const names = ['sms', 'fax', 'sap', 'mail', 'erp'].map((name) => [name, name] as const);
  const times = connectionsTable(story, names, past).rows.map(({ createdAt }) => createdAt.getTime());
  expect(times).toEqual([...times].sort((one, other) => one - other));
});

test('people work by day: few rows are of the night or of a weekend', () => {
  const persona = personaFrom(8);
  const past = pastOf(accountRows(persona, storyteller(8, 'rows'), latest, '2b'), latest);
  const free = Array.from({ length: 500 }, past).filter(
    (at) => at.getDay() === 0 || at.getDay() === 6 || at.getHours() < 7 || at.getHours() >= 20,
  );
  expect(free.length).toBeLessThan(75);
});
