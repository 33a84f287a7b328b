import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Faker } from '@faker-js/faker';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { accountName } from '../account-name.js';
import { accountRows, pastOf } from '../account-rows.js';
import { connectionsOf } from '../connections.js';
import { deploymentOf, type Framework } from '../deployment.js';
import { inventedPassword } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';
import { alembic } from '../web-databases/alembic.js';
import { django } from '../web-databases/django.js';
import { laravel } from '../web-databases/laravel.js';
import { businessTable, connectionsTable } from '../web-databases/own-tables.js';
import { prisma } from '../web-databases/prisma.js';
import { rails } from '../web-databases/rails.js';
import type { StoredTable, WebFramework } from '../web-databases/web-database.js';

let engine: Promise<SqlJsStatic> | undefined;

interface Stored {
  readonly framework: (story: Faker) => WebFramework;
  readonly names: readonly string[];
}

/** What the application may be written with, and what its database is called there. */
const applications: Readonly<Record<Framework, Stored>> = {
  laravel: { framework: laravel, names: ['database.sqlite', '{project}.sqlite', '{project}-prod.sqlite'] },
  django: { framework: django, names: ['db.sqlite3', '{project}.sqlite3', 'data/db.sqlite3'] },
  rails: {
    framework: rails,
    names: ['production.sqlite3', '{project}_production.sqlite3', 'db/production.sqlite3'],
  },
  alembic: { framework: alembic, names: ['app.db', '{project}.db', 'instance/{project}.db', 'data.db'] },
  prisma: { framework: prisma, names: ['prod.db', '{project}.db', '{project}-prod.db', 'database.db'] },
};

/** Releases of SQLite in distributions, as the header of a database bears them. */
const releases = [3_031_001, 3_034_001, 3_037_002, 3_040_001, 3_045_001, 3_046_001];
const offsets = { changes: 24, schemaCookie: 40, validFor: 92, release: 96 } as const;

/** The database of the company's web application, of one of the usual frameworks. */
export const sqlite: TrapKind = {
  name: 'sqlite',
  summary: 'SQLite database of a web application with its users',
  mode: readableByAll,
  relativePath: (persona) =>
    storyteller(persona.seed, 'sqlite name')
      .helpers.arrayElement(applications[deploymentOf(persona).framework].names)
      .replace('{project}', persona.project),
  async make({ persona, times, decoy }) {
    const story = storyteller(persona.seed, 'sqlite');
    const latest = times.modifiedAt;
    const framework = applications[deploymentOf(persona).framework].framework(story);
    const admin = inventedPassword(persona.locale);
    const connected = connectionsOf(persona, story, decoy, {
      warehouse: accountName('report', 'readonly', 'etl', 'bi'),
      portal: accountName('api', 'sync', 'portal'),
    });
    const rows = accountRows(persona, story, latest, '2b');
    const past = pastOf(rows, latest);
    const users = await Promise.all(
      rows.map(async (row, index) => ({
        ...row,
        sealed: index === 0 ? await framework.seal(admin) : framework.unknown(),
      })),
    );
    const own = story.helpers.shuffle([
      businessTable(persona, story, rows, past),
      connectionsTable(story, connected.rows, past),
    ]);
    const network = persona.hosts.gateway.address.split('.').slice(0, 2).join('.');
    const application = { story, network, latest, users, own, past };
    return {
      content: aged(await stored(framework.tables(application)), story),
      secrets: [
        ...connected.secrets,
        { label: `password of ${rows[0]?.email}`, value: admin },
        ...users.map(({ email, sealed }) => ({ label: `hash of ${email}`, value: sealed })),
      ],
      logins: [...connected.logins, { service: 'http', user: rows[0]?.email ?? '', password: admin }],
    };
  },
};

async function stored(tables: readonly StoredTable[]): Promise<Buffer> {
  engine ??= initSqlJs({
    locateFile: (file) => createRequire(import.meta.url).resolve(`sql.js/dist/${file}`),
  });
  const database = new (await engine).Database();
  try {
    for (const { sql } of tables) for (const statement of sql) database.run(statement);
    database.run('begin');
    for (const { name, rows } of tables) {
      if (rows[0] === undefined) continue;
      const statement = database.prepare(
        `insert into "${name}" values (${rows[0].map(() => '?').join(', ')})`,
      );
      for (const row of rows) statement.run([...row]);
      statement.free();
    }
    database.run('commit');
    return Buffer.from(database.export());
  } finally {
    database.close();
  }
}

// The header (sqlite.org/fileformat2.html) tells how often it was written and by which release.
function aged(content: Buffer, story: Faker): Buffer {
  const changes = randomInt(400, 90_000);
  content.writeUInt32BE(changes, offsets.changes);
  content.writeUInt32BE(changes, offsets.validFor);
  // One more with every change of a table.
  content.writeUInt32BE(story.number.int({ min: 11, max: 40 }), offsets.schemaCookie);
  content.writeUInt32BE(story.helpers.arrayElement(releases), offsets.release);
  return content;
}
