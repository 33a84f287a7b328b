import { randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { type AccountRow, accountAt } from '../account-rows.js';
import { customersOf } from '../customers.js';
import type { Persona } from '../persona.js';
import type { OwnColumn, OwnTable, SqlValue } from './web-database.js';

interface Drawn {
  readonly column: OwnColumn;
  value(at: Date): SqlValue;
}

const things = 'order invoice shipment ticket job contract booking claim quote visit task payment'.split(' ');

/** What the company does business with: customers come back. */
export function businessTable(
  persona: Persona,
  story: Faker,
  accounts: readonly AccountRow[],
  past: () => Date,
): OwnTable {
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const singular = story.helpers.arrayElement(things);
  const customers = customersOf(persona);
  const states = oneOf(
    ['open', 'paid', 'paid', 'cancelled'],
    ['new', 'done', 'done', 'void'],
    ['draft', 'sent', 'settled'],
    ['NEW', 'BILLED', 'CLOSED', 'CLOSED'],
  );
  const highest = oneOf(400, 2500, 9000, 60_000);
  const prefix = oneOf('', '', `${singular.charAt(0).toUpperCase()}-`, `${singular.slice(0, 2)}`);
  let number = randomInt(100, 40_000);
  const needed: Drawn[] = [
    {
      column: { name: oneOf('customer', 'client', 'company', 'partner'), type: 'text' },
      value: () => customers[randomInt(customers.length)] ?? '',
    },
    {
      column: { name: oneOf('amount', 'total', 'net', 'price'), type: 'money' },
      value: () => randomInt(500, highest * 100) / 100,
    },
    {
      column: { name: oneOf('user', 'owner', 'creator', 'agent'), type: 'user' },
      value: (at) => accountAt(accounts, at)?.id ?? 1,
    },
  ];
  const possible: Drawn[] = [
    {
      column: { name: oneOf('status', 'state', 'stage'), type: 'text' },
      value: () => states[randomInt(states.length)] ?? '',
    },
    {
      column: { name: oneOf('number', 'reference', 'code'), type: 'text' },
      value: () => {
        number += randomInt(1, 9);
        return `${prefix}${number}`;
      },
    },
    { column: { name: oneOf('archived', 'exported', 'locked'), type: 'flag' }, value: () => randomInt(2) },
  ];
  const drawn = story.helpers.shuffle([...needed, ...possible.filter(() => story.datatype.boolean())]);
  const times = Array.from({ length: randomInt(80, 700) }, past).sort(
    (one, other) => one.getTime() - other.getTime(),
  );
  return {
    singular,
    plural: `${singular}s`,
    columns: drawn.map(({ column }) => column),
    rows: times.map((createdAt) => ({
      values: drawn.map(({ value }) => value(createdAt)),
      createdAt,
      updatedAt: laterThan(createdAt, past),
    })),
  };
}

/** What the application connects to. */
export function connectionsTable(
  story: Faker,
  connections: readonly (readonly [name: string, value: string])[],
  past: () => Date,
): OwnTable {
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const singular = oneOf(
    'integration',
    'connection',
    'credential',
    'channel',
    'setting',
    'endpoint',
    'option',
  );
  const isFlagged = story.datatype.boolean();
  const times = connections.map(past).sort((one, other) => one.getTime() - other.getTime());
  const columns: OwnColumn[] = [
    { name: oneOf('name', 'service', 'key', 'target', 'code'), type: 'text' },
    { name: oneOf('secret', 'settings', 'value', 'config', 'dsn', 'payload'), type: 'long' },
    ...(isFlagged ? [{ name: oneOf('enabled', 'active'), type: 'flag' } as const] : []),
  ];
  return {
    singular,
    plural: `${singular}s`,
    columns,
    rows: connections.map(([name, value], index) => {
      const createdAt = times[index] ?? past();
      return {
        values: [name, value, ...(isFlagged ? [1] : [])],
        createdAt,
        updatedAt: laterThan(createdAt, past),
      };
    }),
  };
}

function laterThan(time: Date, past: () => Date): Date {
  const other = past();
  // A framework sets both when it makes a row, one after the other, and databases write fractions of a millisecond.
  return other > time ? other : new Date(time.getTime() + randomInt(1, 3));
}
