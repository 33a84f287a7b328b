import { pbkdf2, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Faker } from '@faker-js/faker';
import { sqlTimeInMicroseconds } from '../account-rows.js';
import { alphabets, randomText } from '../secrets.js';
import { djangoMigrations } from './django-apps.js';
import { accounts, contentTypes, id, index, reference, sessions } from './django-tables.js';
import type { Application, OwnTable, StoredTable, WebFramework } from './web-database.js';

const derive = promisify(pbkdf2);
const types = {
  text: 'varchar(200) NOT NULL',
  long: 'text NOT NULL',
  money: 'decimal NOT NULL',
  user: `integer NOT NULL ${reference('auth_user')}`,
  flag: 'bool NOT NULL',
} as const;

/** As Django stores it, 2.2 to 3.1, with its own users, sessions and administration. */
export function django(story: Faker): WebFramework {
  // Salts have 12 characters until 3.0, 22 from then on.
  const [iterations, saltLength] = story.helpers.arrayElement([
    [150_000, 12],
    [180_000, 12],
    [216_000, 22],
  ] as const);
  const app = story.helpers.arrayElement([
    'core',
    'main',
    'office',
    'portal',
    'backend',
    'app',
    'web',
    'api',
  ]);
  const stampNames = story.helpers.arrayElement([
    ['created_at', 'updated_at'],
    ['created', 'modified'],
    ['date_created', 'date_updated'],
  ] as const);
  const sealed = (salt: string, derived: Buffer) =>
    `pbkdf2_sha256$${iterations}$${salt}$${derived.toString('base64')}`;

  const own = ({ singular, columns, rows }: OwnTable): StoredTable => {
    const name = `${app}_${singular}`;
    const named = columns.map(({ name: column, type }) => ({
      column: type === 'user' ? `${column}_id` : column,
      type,
    }));
    return {
      name,
      sql: [
        `CREATE TABLE "${name}" (${[
          id,
          ...named.map(({ column, type }) => `"${column}" ${types[type]}`),
          ...stampNames.map((column) => `"${column}" datetime NOT NULL`),
        ].join(', ')})`,
        ...named.filter(({ type }) => type === 'user').map(({ column }) => index(name, [column])),
      ],
      rows: rows.map(({ values, createdAt, updatedAt }, at) => [
        at + 1,
        ...values,
        sqlTimeInMicroseconds(createdAt),
        sqlTimeInMicroseconds(updatedAt),
      ]),
    };
  };

  return {
    seal: async (password) => {
      const salt = randomText(alphabets.alphanumeric, saltLength);
      return sealed(salt, await derive(password, salt, iterations, 32, 'sha256'));
    },
    unknown: () => sealed(randomText(alphabets.alphanumeric, saltLength), randomBytes(32)),
    tables: (application) => {
      const models = application.own.map(({ singular }) => singular);
      return [
        migrations(application, app, models),
        ...contentTypes(app, models),
        ...accounts(application),
        sessions(application, saltLength > 12),
        ...application.own.map(own),
      ];
    },
  };
}

function migrations(
  { users, latest, past }: Application,
  app: string,
  models: readonly string[],
): StoredTable {
  const first = (users[0]?.createdAt ?? latest).getTime() - randomInt(3600_000, 20 * 86_400_000);
  const later = models.map((model) => `add_${model}_${randomInt(2) === 0 ? 'fields' : 'meta'}`);
  const names: [string, string, Date][] = [
    ...djangoMigrations.map(([of, name], at): [string, string, Date] => [
      of,
      name,
      new Date(first + at * 40),
    ]),
    [app, '0001_initial', new Date(first + 2000)],
    ...later
      .map((): Date => past())
      .sort((one, other) => one.getTime() - other.getTime())
      .map((at, place): [string, string, Date] => [app, `000${place + 2}_${later[place]}`, at]),
  ];
  return {
    name: 'django_migrations',
    sql: [
      `CREATE TABLE "django_migrations" (${id}, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL)`,
    ],
    rows: names.map(([of, name, at], place) => [place + 1, of, name, sqlTimeInMicroseconds(at)]),
  };
}
