import { randomInt, randomUUID } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { sqlTime, unknownHash } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { alphabets, randomText } from '../secrets.js';
import type { Application, OwnTable, StoredTable, WebFramework } from './web-database.js';

const types = {
  text: 'varchar not null',
  long: 'text',
  money: 'numeric not null',
  user: 'integer not null',
  flag: "tinyint(1) not null default '0'",
} as const;
const id = '"id" integer primary key autoincrement not null';
const stamps = '"created_at" datetime, "updated_at" datetime';

/** As Laravel 8 to 10 stores it, with Sanctum's tokens and perhaps sessions. */
export function laravel(story: Faker): WebFramework {
  const resets = story.helpers.arrayElement(['password_resets', 'password_reset_tokens']);
  const hasSessions = story.datatype.boolean({ probability: 0.6 });
  const role = story.helpers.arrayElement(['role', 'level', 'group']);

  const users = ({ users: rows }: Application): StoredTable => ({
    name: 'users',
    sql: [
      `CREATE TABLE "users" (${id}, "name" varchar not null, "email" varchar not null, "email_verified_at" datetime, "password" varchar not null, "remember_token" varchar, ${stamps}, "${role}" varchar)`,
      'CREATE UNIQUE INDEX "users_email_unique" on "users" ("email")',
    ],
    rows: rows.map((user) => [
      user.id,
      user.name,
      user.email,
      sqlTime(user.createdAt),
      user.sealed,
      randomInt(3) === 0 ? randomText(alphabets.alphanumeric, 60) : null,
      sqlTime(user.createdAt),
      sqlTime(user.updatedAt),
      user.role,
    ]),
  });

  const own = ({ plural, columns, rows }: OwnTable): StoredTable => {
    const named = columns.map(({ name, type }) => ({ name: type === 'user' ? `${name}_id` : name, type }));
    return {
      name: plural,
      sql: [
        `CREATE TABLE "${plural}" (${[
          id,
          ...named.map(({ name, type }) => `"${name}" ${types[type]}`),
          stamps,
          ...named
            .filter(({ type }) => type === 'user')
            .map(({ name }) => `foreign key("${name}") references "users"("id")`),
        ].join(', ')})`,
      ],
      rows: rows.map(({ values, createdAt, updatedAt }, index) => [
        index + 1,
        ...values,
        sqlTime(createdAt),
        sqlTime(updatedAt),
      ]),
    };
  };

  return {
    seal: (password) => bcryptHash(password, '2y', 10),
    unknown: () => unknownHash('2y', 10),
    tables: (application) => {
      const optional = hasSessions ? [sessions(application)] : [];
      const made = [...application.own.map(own), ...optional];
      return [
        migrations(application, resets, made),
        users(application),
        {
          name: resets,
          sql: [
            `CREATE TABLE "${resets}" ("email" varchar not null, "token" varchar not null, "created_at" datetime)`,
          ],
          rows: [],
        },
        failedJobs(application),
        tokens(application),
        ...made,
      ];
    },
  };
}

function migrations(
  { users, latest, past }: Application,
  resets: string,
  made: readonly StoredTable[],
): StoredTable {
  const first = users[0]?.createdAt ?? latest;
  const stamp = (at: Date) => at.toISOString().slice(0, 19).replaceAll(/[-T]/g, '_').replaceAll(':', '');
  const names = [
    ['2014_10_12_000000_create_users_table', 1],
    [`2014_10_12_100000_create_${resets}_table`, 1],
    ['2019_08_19_000000_create_failed_jobs_table', 1],
    ['2019_12_14_000001_create_personal_access_tokens_table', 1],
    ...made.map(
      ({ name }) =>
        [`${stamp(new Date(first.getTime() - randomInt(86_400_000)))}_create_${name}_table`, 1] as const,
    ),
    [`${stamp(past())}_add_role_to_users_table`, 2],
  ] as const;
  return {
    name: 'migrations',
    sql: [`CREATE TABLE "migrations" (${id}, "migration" varchar not null, "batch" integer not null)`],
    rows: names.map(([name, batch], index) => [index + 1, name, batch]),
  };
}

function tokens({ users, past, story }: Application): StoredTable {
  const names = story.helpers.arrayElements(['mobile', 'api', 'ci', 'reporting', 'scanner', 'excel'], {
    min: 1,
    max: 3,
  });
  return {
    name: 'personal_access_tokens',
    sql: [
      `CREATE TABLE "personal_access_tokens" (${id}, "tokenable_type" varchar not null, "tokenable_id" integer not null, "name" varchar not null, "token" varchar not null, "abilities" text, "last_used_at" datetime, ${stamps})`,
      'CREATE INDEX "personal_access_tokens_tokenable_type_tokenable_id_index" on "personal_access_tokens" ("tokenable_type", "tokenable_id")',
      'CREATE UNIQUE INDEX "personal_access_tokens_token_unique" on "personal_access_tokens" ("token")',
    ],
    rows: Array.from({ length: randomInt(2, 12) }, (_, index) => {
      const [created = past(), used = created] = [past(), past()].sort(
        (one, other) => one.getTime() - other.getTime(),
      );
      return [
        index + 1,
        'App\\Models\\User',
        users[randomInt(users.length)]?.id ?? 1,
        names[randomInt(names.length)] ?? '',
        randomText(alphabets.hexadecimal, 64),
        '["*"]',
        sqlTime(used),
        sqlTime(created),
        sqlTime(used),
      ];
    }),
  };
}

function sessions({ users, latest, network }: Application): StoredTable {
  return {
    name: 'sessions',
    sql: [
      'CREATE TABLE "sessions" ("id" varchar not null, "user_id" integer, "ip_address" varchar, "user_agent" text, "payload" text not null, "last_activity" integer not null, primary key ("id"))',
      'CREATE INDEX "sessions_user_id_index" on "sessions" ("user_id")',
      'CREATE INDEX "sessions_last_activity_index" on "sessions" ("last_activity")',
    ],
    rows: Array.from({ length: randomInt(12, 60) }, () => {
      const state = `a:2:{s:6:"_token";s:40:"${randomText(alphabets.alphanumeric, 40)}";s:6:"_flash";a:2:{s:3:"old";a:0:{}s:3:"new";a:0:{}}}`;
      return [
        randomText(alphabets.alphanumeric, 40),
        users[randomInt(users.length)]?.id ?? 1,
        `${network}.${randomInt(256)}.${randomInt(1, 255)}`,
        `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${randomInt(118, 127)}.0.0.0 Safari/537.36`,
        Buffer.from(state).toString('base64'),
        Math.floor(latest.getTime() / 1000) - randomInt(7 * 86_400),
      ];
    }),
  };
}

function failedJobs({ past }: Application): StoredTable {
  return {
    name: 'failed_jobs',
    sql: [
      `CREATE TABLE "failed_jobs" (${id}, "uuid" varchar not null, "connection" text not null, "queue" text not null, "payload" text not null, "exception" text not null, "failed_at" datetime default CURRENT_TIMESTAMP not null)`,
      'CREATE UNIQUE INDEX "failed_jobs_uuid_unique" on "failed_jobs" ("uuid")',
    ],
    rows: Array.from({ length: randomInt(5) }, (_, index) => [
      index + 1,
      randomUUID(),
      'database',
      'default',
      '{"displayName":"App\\\\Jobs\\\\SyncReport"}',
      'Illuminate\\Database\\QueryException: SQLSTATE[08006] [7] timeout expired',
      sqlTime(past()),
    ]),
  };
}
