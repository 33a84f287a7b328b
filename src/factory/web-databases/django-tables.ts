import { createHash, randomBytes, randomInt } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { sqlTimeInMicroseconds } from '../account-rows.js';
import { alphabets, randomText } from '../secrets.js';
import { djangoApps } from './django-apps.js';
import type { Application, StoredTable } from './web-database.js';

const dayMs = 86_400_000;

/** The key of every table. */
export const id = '"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT';

/** What follows a column that refers to the key of another table. */
export const reference = (table: string) => `REFERENCES "${table}" ("id") DEFERRABLE INITIALLY DEFERRED`;

/** Named with the first digits of an MD5 of what it is for, as django.db.backends.base.schema does. */
export function index(table: string, columns: readonly string[], isUnique = false): string {
  const digest = createHash('md5')
    .update([table, ...columns].join(''))
    .digest('hex')
    .slice(0, 8);
  const name = `${table}_${columns.join('_')}_${digest}${isUnique ? '_uniq' : ''}`;
  const over = columns.map((column) => `"${column}"`).join(', ');
  return `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX "${name}" ON "${table}" (${over})`;
}

/** Every model, and who may do what with it. */
export function contentTypes(app: string, models: readonly string[]): StoredTable[] {
  const all = [...djangoApps, ...models.map((model) => [app, model] as const)];
  const spoken: Readonly<Record<string, string>> = { logentry: 'log entry', contenttype: 'content type' };
  const actions = ['add', 'change', 'delete', 'view'];
  const permissions = all.flatMap(([, model], at) =>
    actions.map(
      (action) => [at + 1, `${action}_${model}`, `Can ${action} ${spoken[model] ?? model}`] as const,
    ),
  );
  const columns = ['content_type_id', 'codename'];
  return [
    {
      name: 'django_content_type',
      sql: [
        `CREATE TABLE "django_content_type" (${id}, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL)`,
        index('django_content_type', ['app_label', 'model'], true),
      ],
      rows: all.map(([of, model], at) => [at + 1, of, model]),
    },
    {
      name: 'auth_permission',
      sql: [
        `CREATE TABLE "auth_permission" (${id}, "content_type_id" integer NOT NULL ${reference('django_content_type')}, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL)`,
        index('auth_permission', columns, true),
        index('auth_permission', columns.slice(0, 1)),
      ],
      rows: permissions.map((values, at) => [at + 1, ...values]),
    },
  ];
}

/** Users, and what the administration did with them. */
export function accounts({ users }: Application): StoredTable[] {
  const joined = (
    name: string,
    one: string,
    other: string,
    otherTable: string,
    oneTable: string,
  ): StoredTable => ({
    name,
    sql: [
      `CREATE TABLE "${name}" (${id}, "${one}" integer NOT NULL ${reference(oneTable)}, "${other}" integer NOT NULL ${reference(otherTable)})`,
      index(name, [one, other], true),
      index(name, [one]),
      index(name, [other]),
    ],
    rows: [],
  });
  return [
    {
      name: 'auth_group',
      sql: [`CREATE TABLE "auth_group" (${id}, "name" varchar(150) NOT NULL UNIQUE)`],
      rows: [],
    },
    joined('auth_group_permissions', 'group_id', 'permission_id', 'auth_permission', 'auth_group'),
    {
      name: 'auth_user',
      sql: [
        `CREATE TABLE "auth_user" (${id}, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL)`,
      ],
      rows: users.map((user) => {
        const [login = ''] = user.email.split('@');
        return [
          user.id,
          user.sealed,
          randomInt(6) === 0 ? null : sqlTimeInMicroseconds(user.updatedAt),
          user.role === 'admin' ? 1 : 0,
          login,
          user.lastName,
          user.email,
          user.role === 'admin' || user.role === 'manager' ? 1 : 0,
          randomInt(9) === 0 && user.role !== 'admin' ? 0 : 1,
          sqlTimeInMicroseconds(user.createdAt),
          user.firstName,
        ];
      }),
    },
    joined('auth_user_groups', 'user_id', 'group_id', 'auth_group', 'auth_user'),
    joined('auth_user_user_permissions', 'user_id', 'permission_id', 'auth_permission', 'auth_user'),
    {
      name: 'django_admin_log',
      sql: [
        `CREATE TABLE "django_admin_log" (${id}, "action_time" datetime NOT NULL, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "change_message" text NOT NULL, "content_type_id" integer NULL ${reference('django_content_type')}, "user_id" integer NOT NULL ${reference('auth_user')}, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0))`,
        index('django_admin_log', ['content_type_id']),
        index('django_admin_log', ['user_id']),
      ],
      rows: users.slice(1).map((user, at) => {
        const [login = ''] = user.email.split('@');
        return [
          at + 1,
          sqlTimeInMicroseconds(user.createdAt),
          String(user.id),
          login,
          '[{"added": {}}]',
          4,
          users[0]?.id ?? 1,
          1,
        ];
      }),
    },
  ];
}

/** Who is logged in. */
export function sessions({ latest, users }: Application, isSigned: boolean): StoredTable {
  return {
    name: 'django_session',
    sql: [
      'CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)',
      index('django_session', ['expire_date']),
    ],
    rows: Array.from({ length: randomInt(6, 50) }, () => {
      // Out of date: nobody runs clearsessions.
      const begun = new Date(latest.getTime() - randomInt(15 * dayMs, 120 * dayMs));
      const digest = randomText(alphabets.hexadecimal, isSigned ? 64 : 40);
      const state = `{"_auth_user_id":"${users[randomInt(users.length)]?.id}","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"${digest}"}`;
      return [
        randomText('abcdefghijklmnopqrstuvwxyz0123456789', 32),
        isSigned ? signed(state, begun) : unsigned(state),
        sqlTimeInMicroseconds(new Date(begun.getTime() + 14 * dayMs)),
      ];
    }),
  };
}

/** As django.core.signing packs it from 3.1 on: with the time in base 62 and a digest. */
function signed(state: string, at: Date): string {
  const digits = `0123456789${alphabets.base64.slice(0, 52)}`;
  let [seconds, time] = [Math.floor(at.getTime() / 1000), ''];
  for (; seconds > 0; seconds = Math.floor(seconds / 62)) time = `${digits.charAt(seconds % 62)}${time}`;
  // A SHA-256 has 256 bits: its last digit in base 64 stands for four of them.
  const digest = randomBytes(32).toString('base64url');
  return `.${deflateSync(state).toString('base64url')}:${time}:${digest}`;
}

/** As sessions were before: a digest and the state, together in base 64. */
function unsigned(state: string): string {
  return Buffer.from(`${randomText(alphabets.hexadecimal, 40)}:${state}`).toString('base64');
}
