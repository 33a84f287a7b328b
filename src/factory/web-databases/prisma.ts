import { randomInt, randomUUID } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { unknownHash } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { alphabets, randomText } from '../secrets.js';
import type { Application, OwnTable, SqlValue, StoredTable, WebFramework } from './web-database.js';

const types = {
  text: 'TEXT NOT NULL',
  long: 'TEXT NOT NULL',
  money: 'REAL NOT NULL',
  user: 'INTEGER NOT NULL',
  flag: 'BOOLEAN NOT NULL DEFAULT false',
} as const;
const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** As Prisma stores it: models in capitals, times in milliseconds. */
export function prisma(story: Faker): WebFramework {
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const scheme = oneOf('2a', '2b');
  const model = oneOf('User', 'User', 'Account', 'Member');
  const password = oneOf('password', 'passwordHash', 'hash');
  const role = oneOf('role', 'access', 'type');
  const hasUpdated = story.datatype.boolean({ probability: 0.7 });
  const stamps = [
    '"createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP',
    ...(hasUpdated ? ['"updatedAt" DATETIME NOT NULL'] : []),
  ];
  const stamped = (createdAt: Date, updatedAt: Date) => [
    createdAt.getTime(),
    ...(hasUpdated ? [updatedAt.getTime()] : []),
  ];

  const users = ({ users: rows }: Application): StoredTable => {
    const columns = story.helpers.shuffle([
      ['"email" TEXT NOT NULL', 'email'],
      [`"${password}" TEXT NOT NULL`, 'sealed'],
      ['"name" TEXT', 'name'],
      [`"${role}" TEXT NOT NULL DEFAULT 'user'`, 'role'],
    ] as const);
    return {
      name: model,
      sql: [
        table(model, [
          '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT',
          ...columns.map(([sql]) => sql),
          ...stamps,
        ]),
        `CREATE UNIQUE INDEX "${model}_email_key" ON "${model}"("email")`,
      ],
      rows: rows.map((user) => [
        user.id,
        ...columns.map(([, field]) => user[field]),
        ...stamped(user.createdAt, user.updatedAt),
      ]),
    };
  };

  const own = ({ singular, columns, rows }: OwnTable): StoredTable => {
    const name = capital(singular);
    const named = columns.map(({ name: column, type }) => ({
      column: type === 'user' ? `${column}Id` : column,
      type,
    }));
    return {
      name,
      sql: [
        table(name, [
          '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT',
          ...named.map(({ column, type }) => `"${column}" ${types[type]}`),
          ...stamps,
          ...named
            .filter(({ type }) => type === 'user')
            .map(
              ({ column }) =>
                `CONSTRAINT "${name}_${column}_fkey" FOREIGN KEY ("${column}") REFERENCES "${model}" ("id") ON DELETE RESTRICT ON UPDATE CASCADE`,
            ),
        ]),
      ],
      rows: rows.map(({ values, createdAt, updatedAt }, index) => [
        index + 1,
        ...values,
        ...stamped(createdAt, updatedAt),
      ]),
    };
  };

  return {
    seal: (secret) => bcryptHash(secret, scheme, 10),
    unknown: () => unknownHash(scheme, 10),
    tables: (application) => {
      const made = [users(application), ...application.own.map(own)];
      return [migrations(application, made), ...made];
    },
  };
}

function migrations({ story, users, latest, past }: Application, made: readonly StoredTable[]): StoredTable {
  const first = users[0]?.createdAt ?? latest;
  const changed = made.map(({ name }) => name.toLowerCase());
  const later = changed
    .map((name) => [past(), `${story.helpers.arrayElement(['add', 'update', 'extend'])}_${name}`] as const)
    .sort(([one], [other]) => one.getTime() - other.getTime());
  const steps = [
    [new Date(first.getTime() - randomInt(3600_000, 30 * 86_400_000)), 'init'] as const,
    ...later,
  ];
  return {
    name: '_prisma_migrations',
    sql: [
      table('_prisma_migrations', [
        '"id"                    TEXT PRIMARY KEY NOT NULL',
        '"checksum"              TEXT NOT NULL',
        '"finished_at"           DATETIME',
        '"migration_name"        TEXT NOT NULL',
        '"logs"                  TEXT',
        '"rolled_back_at"        DATETIME',
        '"started_at"            DATETIME NOT NULL DEFAULT current_timestamp',
        '"applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0',
      ]),
    ],
    rows: steps.map(([at, name]): SqlValue[] => [
      randomUUID(),
      randomText(alphabets.hexadecimal, 64),
      at.getTime() + randomInt(4, 60),
      `${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${name}`,
      null,
      null,
      at.getTime(),
      1,
    ]),
  };
}

function table(name: string, lines: readonly string[]): string {
  return `CREATE TABLE "${name}" (\n${lines.map((line) => `    ${line}`).join(',\n')}\n)`;
}
