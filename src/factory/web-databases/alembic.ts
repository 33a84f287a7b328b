import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Faker } from '@faker-js/faker';
import { sqlTimeInMicroseconds, unknownHash } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { alphabets, randomText } from '../secrets.js';
import type { Application, OwnTable, StoredTable, WebFramework } from './web-database.js';

const derive = promisify<string, string, number, object, Buffer>(scrypt);
const types = {
  text: 'VARCHAR(120) NOT NULL',
  long: 'TEXT',
  money: 'NUMERIC(10, 2)',
  user: 'INTEGER NOT NULL',
  flag: 'BOOLEAN',
} as const;

/** As SQLAlchemy stores it with migrations of Alembic; passwords by Werkzeug (Flask) or passlib (FastAPI). */
export function alembic(story: Faker): WebFramework {
  const oneOf = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
  const isFlask = story.datatype.boolean();
  const isPlural = story.datatype.boolean();
  const userTable = isPlural ? oneOf('users', 'accounts', 'members') : oneOf('user', 'account', 'member');
  const password = oneOf('password_hash', 'hashed_password', 'pw_hash', 'password');
  const [created, updated] = oneOf(
    ['created_at', 'updated_at'],
    ['created', 'modified'],
    ['created_on', 'changed_on'],
  ) as [string, string];
  const stamps = [`${created} DATETIME`, `${updated} DATETIME`];

  const users = ({ users: rows }: Application): StoredTable => {
    const columns = story.helpers.shuffle([
      ['email VARCHAR(120) NOT NULL', 'email'],
      [`${password} VARCHAR(${isFlask ? 256 : 128})`, 'sealed'],
      [`${oneOf('name', 'full_name', 'display_name')} VARCHAR(${oneOf(64, 80, 100)})`, 'name'],
      [`${oneOf('role', 'scope', 'permission')} VARCHAR(20)`, 'role'],
    ] as const);
    return {
      name: userTable,
      sql: [
        table(userTable, [
          'id INTEGER NOT NULL',
          ...columns.map(([sql]) => sql),
          ...stamps,
          'PRIMARY KEY (id)',
        ]),
        `CREATE UNIQUE INDEX ix_${userTable}_email ON ${userTable} (email)`,
      ],
      rows: rows.map((user) => [
        user.id,
        ...columns.map(([, field]) => user[field]),
        sqlTimeInMicroseconds(user.createdAt),
        sqlTimeInMicroseconds(user.updatedAt),
      ]),
    };
  };

  const own = ({ singular, plural, columns, rows }: OwnTable): StoredTable => {
    // A word that SQL has taken stands in quotes.
    const plain = isPlural ? plural : singular;
    const name = plain === 'order' ? '"order"' : plain;
    const named = columns.map(({ name: column, type }) => ({
      column: type === 'user' ? `${column}_id` : column,
      type,
    }));
    return {
      name: plain,
      sql: [
        table(name, [
          'id INTEGER NOT NULL',
          ...named.map(({ column, type }) => `${column === 'key' ? '"key"' : column} ${types[type]}`),
          ...stamps,
          'PRIMARY KEY (id)',
          ...named
            .filter(({ type }) => type === 'user')
            .map(({ column }) => `FOREIGN KEY(${column}) REFERENCES ${userTable} (id)`),
        ]),
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
    seal: async (secret) => {
      if (!isFlask) return bcryptHash(secret, '2b', 10);
      const salt = randomText(alphabets.alphanumeric, 16);
      const options = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
      return werkzeug(salt, await derive(secret, salt, 64, options));
    },
    unknown: () =>
      isFlask ? werkzeug(randomText(alphabets.alphanumeric, 16), randomBytes(64)) : unknownHash('2b', 10),
    tables: (application) => [
      {
        name: 'alembic_version',
        sql: [
          table('alembic_version', [
            'version_num VARCHAR(32) NOT NULL',
            'CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)',
          ]),
        ],
        rows: [[randomText(alphabets.hexadecimal, 12)]],
      },
      users(application),
      ...application.own.map(own),
    ],
  };
}

/** As werkzeug.security.generate_password_hash writes it. */
function werkzeug(salt: string, derived: Buffer): string {
  return `scrypt:32768:8:1$${salt}$${derived.toString('hex')}`;
}

function table(name: string, lines: readonly string[]): string {
  return `CREATE TABLE ${name} (\n${lines.map((line) => `\t${line}`).join(', \n')}\n)`;
}
