import type { Faker } from '@faker-js/faker';
import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';

export type Value = string | number | boolean | Date | null;

export interface Table {
  readonly name: string;
  readonly definition: string;
  readonly rows: readonly (readonly Value[])[];
}

/** Rounds of time from which the story's rows come: a fixed day, so that they are the same at each visit. */
const today = new Date('2026-06-01T00:00:00Z');

/** Tables of a company's shop and back office. */
export function tablesOf(story: DecoyStory, faker: Faker): readonly Table[] {
  const customers = count(240);
  return [
    users(story, faker),
    customersTable(faker, customers),
    orders(faker, customers.length),
    invoices(faker),
    apiKeys(story, faker),
    sessions(faker),
    settings(story),
    migrations(faker),
  ];
}

function users(story: DecoyStory, faker: Faker): Table {
  const rows = story.people.map((person, index) => [
    index + 1,
    person.login,
    person.email,
    person.name,
    bcryptLooking(faker),
    index === 0 ? 'admin' : faker.helpers.arrayElement(['staff', 'staff', 'support', 'finance']),
    faker.datatype.boolean({ probability: 0.9 }),
    faker.date.past({ years: 3, refDate: today }),
    faker.date.recent({ days: 20, refDate: today }),
  ]);
  return {
    name: 'users',
    rows,
    definition: `CREATE TABLE users (id serial PRIMARY KEY, login text NOT NULL UNIQUE, email text NOT NULL, full_name text,
      password_hash text NOT NULL, role text NOT NULL DEFAULT 'staff', active boolean NOT NULL DEFAULT true,
      created_at timestamptz NOT NULL DEFAULT now(), last_login_at timestamptz);`,
  };
}

function customersTable(faker: Faker, ids: readonly number[]): Table {
  const rows = ids.map((id) => [
    id,
    faker.person.fullName(),
    faker.internet.email().toLowerCase(),
    faker.phone.number(),
    faker.location.city(),
    faker.location.streetAddress(),
    faker.date.past({ years: 4, refDate: today }),
  ]);
  return {
    name: 'customers',
    rows,
    definition: `CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, email text NOT NULL, phone text,
      city text, address text, created_at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX customers_email_idx ON customers (email);`,
  };
}

function orders(faker: Faker, customers: number): Table {
  const rows = count(420).map((id) => [
    id,
    faker.number.int({ min: 1, max: customers }),
    faker.helpers.arrayElement(['paid', 'paid', 'shipped', 'shipped', 'cancelled', 'pending']),
    Number(faker.commerce.price({ min: 9, max: 2400 })),
    faker.commerce.productName(),
    faker.date.past({ years: 1, refDate: today }),
  ]);
  return {
    name: 'orders',
    rows,
    definition: `CREATE TABLE orders (id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers,
      status text NOT NULL, total numeric(10,2) NOT NULL, note text, created_at timestamptz NOT NULL DEFAULT now());
      CREATE INDEX orders_customer_id_idx ON orders (customer_id);`,
  };
}

function invoices(faker: Faker): Table {
  const rows = count(180).map((id) => [
    id,
    id * 2,
    `${2024 + Math.floor(id / 90)}-${String(10_000 + id).slice(1)}`,
    Number(faker.finance.amount({ min: 20, max: 5000 })),
    faker.finance.iban(),
    faker.date.past({ years: 1, refDate: today }),
    faker.datatype.boolean({ probability: 0.85 }),
  ]);
  return {
    name: 'invoices',
    rows,
    definition: `CREATE TABLE invoices (id serial PRIMARY KEY, order_id integer NOT NULL REFERENCES orders,
      number text NOT NULL UNIQUE, amount numeric(12,2) NOT NULL, iban text, issued_at timestamptz NOT NULL, paid boolean NOT NULL DEFAULT false);`,
  };
}

function apiKeys(story: DecoyStory, faker: Faker): Table {
  const names = ['billing', 'mailer', 'crm', 'backup', 'metrics', 'mobile-app', 'partner-export'];
  const rows = names.map((name, index) => [
    index + 1,
    `${story.project}-${name}`,
    faker.string.hexadecimal({ length: 8, casing: 'lower', prefix: '' }),
    faker.string.hexadecimal({ length: 64, casing: 'lower', prefix: '' }),
    faker.date.past({ years: 2, refDate: today }),
    index % 3 === 2 ? faker.date.recent({ days: 60, refDate: today }) : null,
  ]);
  return {
    name: 'api_keys',
    rows,
    definition: `CREATE TABLE api_keys (id serial PRIMARY KEY, name text NOT NULL, prefix text NOT NULL,
      key_sha256 text NOT NULL, created_at timestamptz NOT NULL, revoked_at timestamptz);`,
  };
}

function sessions(faker: Faker): Table {
  const rows = count(40).map(() => [
    faker.string.uuid(),
    faker.number.int({ min: 1, max: 5 }),
    faker.internet.ipv4({ network: 'private-a' }),
    faker.date.recent({ days: 10, refDate: today }),
  ]);
  return {
    name: 'sessions',
    rows,
    definition: `CREATE TABLE sessions (id uuid PRIMARY KEY, user_id integer NOT NULL, ip inet, created_at timestamptz NOT NULL);`,
  };
}

function settings(story: DecoyStory): Table {
  const rows = [
    ['company_name', story.company],
    ['mail_from', `no-reply@${story.domain}`],
    [
      'backup_host',
      story.hosts.find(({ role }) => role === 'backup')?.name ?? `backup.${story.internalDomain}`,
    ],
    ['maintenance', 'off'],
  ];
  return { name: 'settings', rows, definition: `CREATE TABLE settings (key text PRIMARY KEY, value text);` };
}

function migrations(faker: Faker): Table {
  const versions = count(36).map(() => dayStamp(faker.date.past({ years: 3, refDate: today })));
  return {
    name: 'schema_migrations',
    rows: [...new Set(versions)].sort().map((version) => [version]),
    definition: `CREATE TABLE schema_migrations (version text PRIMARY KEY);`,
  };
}

/** As bcrypt writes a hash; of no password. */
function bcryptLooking(faker: Faker): string {
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const hash = faker.string.fromCharacters(alphabet, 52);
  // 128 bits in 22 characters: of the last one only two count.
  return `$2b$12$${faker.string.fromCharacters(alphabet, 21)}${faker.helpers.arrayElement(['O', 'e', 'u', '.'])}${hash.slice(0, 31)}`;
}

function dayStamp(date: Date): string {
  return date.toISOString().replace(/\D/g, '').slice(0, 14);
}

function count(upTo: number): number[] {
  return Array.from({ length: upTo }, (_, index) => index + 1);
}
