import { createHash, randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { sqlTimeInMicroseconds, unknownHash } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { alphabets, randomText } from '../secrets.js';
import type { Application, OwnTable, StoredTable, WebFramework } from './web-database.js';

const types = {
  text: 'varchar',
  long: 'text',
  money: 'decimal(10,2)',
  user: 'integer NOT NULL',
  flag: 'boolean DEFAULT 0 NOT NULL',
} as const;

/** As Ruby on Rails stores it (ActiveRecord's adapter for SQLite), with Devise or its own has_secure_password. */
export function rails(story: Faker): WebFramework {
  const isDevise = story.datatype.boolean({ probability: 0.6 });
  const time = story.helpers.arrayElement(['datetime', 'datetime(6)']);
  const role = story.helpers.arrayElement(['role', 'access_level', 'kind']);
  const name = story.helpers.arrayElement(['name', 'full_name', 'display_name']);
  const stamps = `"created_at" ${time} NOT NULL, "updated_at" ${time} NOT NULL`;

  const users = ({ users: rows, past }: Application): StoredTable => ({
    name: 'users',
    sql: [
      isDevise
        ? `CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar DEFAULT '' NOT NULL, "encrypted_password" varchar DEFAULT '' NOT NULL, "reset_password_token" varchar, "reset_password_sent_at" ${time}, "remember_created_at" ${time}, ${stamps}, "${name}" varchar, "${role}" varchar)`
        : `CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar, "password_digest" varchar, "${name}" varchar, "${role}" varchar, ${stamps})`,
      'CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email")',
      ...(isDevise
        ? ['CREATE UNIQUE INDEX "index_users_on_reset_password_token" ON "users" ("reset_password_token")']
        : []),
    ],
    rows: rows.map((user) => {
      const [created, updated] = [
        sqlTimeInMicroseconds(user.createdAt),
        sqlTimeInMicroseconds(user.updatedAt),
      ];
      if (!isDevise) return [user.id, user.email, user.sealed, user.name, user.role, created, updated];
      const reset =
        randomInt(6) === 0
          ? [randomText(alphabets.hexadecimal, 64), sqlTimeInMicroseconds(past())]
          : [null, null];
      return [user.id, user.email, user.sealed, ...reset, null, created, updated, user.name, user.role];
    }),
  });

  const own = ({ plural, columns, rows }: OwnTable): StoredTable => {
    const named = columns.map(({ name: column, type }) => ({
      column: type === 'user' ? `${column}_id` : column,
      type,
    }));
    const references = named.filter(({ type }) => type === 'user').map(({ column }) => column);
    return {
      name: plural,
      sql: [
        `CREATE TABLE "${plural}" (${[
          '"id" integer PRIMARY KEY AUTOINCREMENT NOT NULL',
          ...named.map(({ column, type }) => `"${column}" ${types[type]}`),
          stamps,
          ...references.map((column) => foreignKey(plural, column)),
        ].join(', ')})`,
        ...references.map(
          (column) => `CREATE INDEX "index_${plural}_on_${column}" ON "${plural}" ("${column}")`,
        ),
      ],
      rows: rows.map(({ values, createdAt, updatedAt }, index) => [
        index + 1,
        ...values,
        sqlTimeInMicroseconds(createdAt),
        sqlTimeInMicroseconds(updatedAt),
      ]),
    };
  };

  return {
    seal: (password) => bcryptHash(password, '2a', 10),
    unknown: () => unknownHash('2a', 10),
    tables: (application) => {
      const made = [users(application), ...application.own.map(own)];
      // One migration made each table, another some columns later.
      const versions = [...made, ...made.slice(1)].map(({ rows }, index) => {
        const first = application.users[0]?.createdAt ?? application.latest;
        const at =
          index < made.length
            ? new Date(first.getTime() - randomInt(3600_000, 40 * 86_400_000))
            : application.past();
        return [at.toISOString().replaceAll(/\D/g, '').slice(0, 14), rows.length] as const;
      });
      const first = sqlTimeInMicroseconds(application.users[0]?.createdAt ?? application.latest);
      return [
        {
          name: 'schema_migrations',
          sql: ['CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY)'],
          rows: versions.map(([version]) => [version]).sort(),
        },
        {
          name: 'ar_internal_metadata',
          sql: [
            `CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, ${stamps})`,
          ],
          rows: [
            ['environment', 'production', first, first],
            ['schema_sha1', randomText(alphabets.hexadecimal, 40), first, first],
          ],
        },
        ...made,
      ];
    },
  };
}

/** Broken into lines as Rails does; its name is a digest of what it is for. */
function foreignKey(table: string, column: string): string {
  const digest = createHash('sha256').update(`${table}_${column}_fk`).digest('hex').slice(0, 10);
  return `CONSTRAINT "fk_rails_${digest}"\nFOREIGN KEY ("${column}")\n  REFERENCES "users" ("id")\n`;
}
