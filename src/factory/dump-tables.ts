import { randomInt, randomUUID } from 'node:crypto';
import { type AccountRow, accountAt } from './account-rows.js';
import { customersOf } from './customers.js';
import type { DumpColumn, DumpStyle } from './dump-style.js';
import type { Persona } from './persona.js';

/** A table of a dump. */
export interface DumpTable {
  readonly name: string;
  /** Its key, which a sequence counts. */
  readonly id: string;
  readonly idType: 'integer' | 'bigint';
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly string[])[];
  readonly lastId: number;
  /** A column that refers to the key of another table. */
  readonly refersTo?: { readonly column: string; readonly table: string; readonly id: string };
  /** A column whose values are all different. */
  readonly unique?: string;
}

/** The users of the application. */
export function usersTable(style: DumpStyle, rows: readonly (AccountRow & { sealed: string })[]): DumpTable {
  const { oneOf, text } = { oneOf: style.oneOf.bind(style), text: style.text };
  const name = style.table(
    ['users', 'user_accounts', 'web_users', 'logins'],
    ['member', 'staff', 'app_user', 'people'],
  );
  const roleNames = oneOf(
    {},
    { admin: 'owner', user: 'member', manager: 'editor', viewer: 'guest' },
    { admin: '1', user: '3', manager: '2', viewer: '4' },
  ) as Record<string, string>;
  const email: DumpColumn<(typeof rows)[number]> = {
    name: oneOf('email', 'mail', 'email_address', 'login'),
    type: `${text} NOT NULL`,
    valueIn: (row) => row.email,
  };
  const columns = style.arranged(
    [
      email,
      {
        name: oneOf(
          'password_hash',
          'password',
          'passwd',
          'encrypted_password',
          'pw',
          'pwd_hash',
          'hash',
          'digest',
        ),
        type: `${text} NOT NULL`,
        valueIn: (row) => row.sealed,
      },
      {
        name: oneOf('role', 'user_role', 'access', 'kind'),
        type: text,
        valueIn: (row) => roleNames[row.role] ?? row.role,
      },
      { name: style.created, type: style.timeOfMaking, valueIn: (row) => style.stamp(row.createdAt) },
    ],
    [
      { name: oneOf('full_name', 'name', 'display_name'), type: text, valueIn: (row) => row.name },
      {
        name: oneOf('active', 'enabled', 'is_active'),
        type: oneOf('boolean DEFAULT true NOT NULL', 'boolean'),
        valueIn: () => (randomInt(12) === 0 ? 'f' : 't'),
      },
      {
        name: oneOf('last_login_at', 'last_login', 'seen_at'),
        type: style.time,
        valueIn: (row) => (randomInt(5) === 0 ? '\\N' : style.stamp(row.updatedAt)),
      },
    ],
  );
  return {
    name,
    id: style.keyOf(name),
    idType: oneOf('integer', 'bigint'),
    columns,
    rows: rows.map((row) => [String(row.id), ...columns.map((column) => column.valueIn(row))]),
    lastId: rows.at(-1)?.id ?? 1,
    unique: email.name,
  };
}

/** What the company does business with: customers come back. */
export function ordersTable(
  style: DumpStyle,
  persona: Persona,
  { users, accounts }: { readonly users: DumpTable; readonly accounts: readonly AccountRow[] },
  past: () => Date,
): DumpTable {
  const oneOf = style.oneOf.bind(style);
  const name = style.table(
    ['orders', 'invoices', 'shipments', 'tickets', 'jobs'],
    ['contract', 'booking', 'invoice', 'job'],
  );
  const customers = customersOf(persona);
  const states = oneOf(
    ['open', 'paid', 'paid', 'paid', 'cancelled'],
    ['new', 'done', 'done', 'void'],
    ['draft', 'sent', 'settled', 'settled'],
    ['1', '2', '4', '4', '9'],
    ['NEW', 'BILLED', 'CLOSED', 'CLOSED'],
  );
  const highest = oneOf(400, 2500, 9000, 60_000);
  const owner = oneOf('user_id', 'owner_id', 'account_id', 'created_by', 'agent');
  const columns = style.arranged<Date>(
    [
      {
        name: oneOf('customer', 'client', 'company', 'partner'),
        type: style.text,
        valueIn: () => customers[randomInt(customers.length)] ?? '',
      },
      {
        name: oneOf('amount', 'total', 'net', 'price'),
        type: oneOf('numeric(12,2)', 'numeric(10,2) NOT NULL', 'numeric'),
        valueIn: () => `${randomInt(5, highest)}.${String(randomInt(100)).padStart(2, '0')}`,
      },
      { name: style.created, type: style.timeOfMaking, valueIn: (at) => style.stamp(at) },
      {
        name: owner,
        type: users.idType,
        valueIn: (at) => String(accountAt(accounts, at)?.id ?? 1),
      },
    ],
    [
      { name: oneOf('reference', 'uuid', 'public_id'), type: 'uuid NOT NULL', valueIn: () => randomUUID() },
      {
        name: oneOf('status', 'state', 'stage'),
        type: style.text,
        valueIn: () => states[randomInt(states.length)] ?? '',
      },
    ],
  );
  const times = Array.from({ length: randomInt(120, 600) }, past).sort(
    (one, other) => one.getTime() - other.getTime(),
  );
  return {
    name,
    id: style.keyOf(name),
    idType: oneOf('integer', 'bigint'),
    columns,
    rows: times.map((at, index) => [String(index + 1), ...columns.map((column) => column.valueIn(at))]),
    lastId: times.length,
    refersTo: { column: owner, table: users.name, id: users.id },
  };
}

/** What the application connects to, each with its secret. */
export function connectionsTable(
  style: DumpStyle,
  connections: readonly (readonly [name: string, secret: string])[],
  past: () => Date,
): DumpTable {
  const oneOf = style.oneOf.bind(style);
  const name = style.table(
    ['integrations', 'connections', 'external_services', 'credentials'],
    ['channel', 'remote', 'integration', 'peer'],
  );
  const columns = style.arranged<readonly [string, string]>(
    [
      {
        name: oneOf('name', 'service', 'key', 'target'),
        type: `${style.text} NOT NULL`,
        valueIn: ([key]) => key,
      },
      // COPY doubles backslashes; none of the alphabets has one.
      {
        name: oneOf('secret', 'settings', 'value', 'config', 'dsn'),
        type: 'text',
        valueIn: ([, value]) => value,
      },
    ],
    [
      {
        name: oneOf('updated_at', 'changed', 'modified'),
        type: style.time,
        valueIn: () => style.stamp(past()),
      },
      { name: oneOf('enabled', 'active'), type: 'boolean', valueIn: () => 't' },
    ],
  );
  return {
    name,
    id: style.keyOf(name),
    idType: 'integer',
    columns,
    rows: connections.map((row, index) => [
      String(index + 1),
      ...columns.map((column) => column.valueIn(row)),
    ]),
    lastId: connections.length,
  };
}
