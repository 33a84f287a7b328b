import { randomInt, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Faker } from '@faker-js/faker';
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { accountName } from '../account-name.js';
import { accountRows, sqlTime } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { decoyUrl } from '../decoy-url.js';
import { alphabets, generatedPassword, inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
let engine: Promise<SqlJsStatic> | undefined;

/** Releases of SQLite in distributions, as the header of a database bears them. */
const releases = [3_031_001, 3_034_001, 3_037_002, 3_040_001, 3_045_001, 3_046_001];
const offsets = { changes: 24, schemaCookie: 40, validFor: 92, release: 96 } as const;

/** The database of the company's web application: a Laravel one, with users, tokens and settings. */
export const sqlite: TrapKind = {
  name: 'sqlite',
  summary: 'SQLite database of a web application with its users',
  mode: readableByAll,
  relativePath: ({ seed, project }) =>
    storyteller(seed, 'sqlite name').helpers.arrayElement([
      'database.sqlite',
      `${project}.sqlite`,
      `${project}.db`,
      'production.sqlite3',
      `${project}-prod.sqlite3`,
      'app.db',
    ]),
  async make({ persona, times, decoy }) {
    const story = storyteller(persona.seed, 'sqlite');
    const latest = times.modifiedAt;
    const admin = inventedPassword();
    const reporting = {
      user: accountName('report', 'readonly', 'etl', 'bi'),
      password: randomText(alphabets.alphanumeric, 22),
    };
    const portal = { user: accountName('api', 'sync', 'portal'), password: generatedPassword(18) };
    const mail = generatedPassword(16);
    const rows = accountRows(persona, story, latest, '2y');
    const hashes = await Promise.all(
      rows.map((row, index) => (index === 0 ? bcryptHash(admin, '2y', 10) : row.hash)),
    );
    engine ??= initSqlJs({
      locateFile: (file) => createRequire(import.meta.url).resolve(`sql.js/dist/${file}`),
    });
    const database = new (await engine).Database();
    try {
      createTables(database, story);
      for (const [index, row] of rows.entries()) {
        database.run('insert into users values (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
          row.id,
          row.name,
          row.email,
          sqlTime(row.createdAt),
          hashes[index] ?? row.hash,
          row.role,
          randomInt(3) === 0 ? randomText(alphabets.alphanumeric, 60) : null,
          sqlTime(row.createdAt),
          sqlTime(row.updatedAt),
        ]);
      }
      const portalName = story.helpers.arrayElement(['portal', 'intranet', 'erp', 'backoffice']);
      const sourceName = story.helpers.arrayElement([
        'reporting.dsn',
        'warehouse.url',
        'db.reports',
        'report_database_url',
      ]);
      const secretName = story.helpers.arrayElement(['password', 'secret', 'pass']);
      const settings: [string, string][] = [
        ['app.name', `${persona.project.charAt(0).toUpperCase()}${persona.project.slice(1)}`],
        ['app.company', persona.company],
        [
          sourceName,
          `postgresql://${reporting.user}:${reporting.password}@${decoy.host}:${decoy.ports.postgres}/${persona.project}`,
        ],
        [`${portalName}.url`, `${decoyUrl(decoy)}/`],
        [`${portalName}.user`, portal.user],
        [`${portalName}.${secretName}`, portal.password],
        ['mail.host', persona.hosts.mail.fullName],
        ['mail.username', `noreply@${persona.domain}`],
        [`mail.${secretName}`, mail],
        ['backup.target', `${persona.hosts.backup.fullName}:/srv/backup/${persona.project}`],
      ];
      for (const [index, [key, value]] of story.helpers.shuffle(settings).entries()) {
        const changed = new Date(latest.getTime() - randomInt(dayMs, 300 * dayMs));
        database.run('insert into settings values (?, ?, ?, ?)', [index + 1, key, value, sqlTime(changed)]);
      }
      addTraffic(
        database,
        rows.map((row) => row.id),
        latest,
      );
      const content = Buffer.from(database.export());
      return {
        content: aged(content, story),
        secrets: [
          { label: 'reporting database', value: reporting.password },
          { label: 'portal', value: portal.password },
          { label: 'mail', value: mail },
          { label: `password of ${rows[0]?.email}`, value: admin },
          ...hashes.map((value, index) => ({ label: `hash of ${rows[index]?.email}`, value })),
        ],
        logins: [
          { service: 'postgres', ...reporting },
          { service: 'http', ...portal },
          { service: 'http', user: rows[0]?.email ?? '', password: admin },
        ],
      };
    } finally {
      database.close();
    }
  },
};

// Laravel's own migrations, with the quoting that it gives them, and what the application adds.
function createTables(database: Database, story: Faker): void {
  const tables = [
    'CREATE TABLE "users" ("id" integer primary key autoincrement not null, "name" varchar not null, "email" varchar not null, "email_verified_at" datetime, "password" varchar not null, "role" varchar not null default \'user\', "remember_token" varchar, "created_at" datetime, "updated_at" datetime)',
    'CREATE UNIQUE INDEX "users_email_unique" on "users" ("email")',
    'CREATE TABLE "settings" ("id" integer primary key autoincrement not null, "key" varchar not null, "value" text, "updated_at" datetime)',
    'CREATE TABLE "personal_access_tokens" ("id" integer primary key autoincrement not null, "tokenable_type" varchar not null, "tokenable_id" integer not null, "name" varchar not null, "token" varchar not null, "abilities" text, "last_used_at" datetime, "expires_at" datetime, "created_at" datetime, "updated_at" datetime)',
    'CREATE UNIQUE INDEX "personal_access_tokens_token_unique" on "personal_access_tokens" ("token")',
    'CREATE TABLE "sessions" ("id" varchar not null, "user_id" integer, "ip_address" varchar, "user_agent" text, "payload" text not null, "last_activity" integer not null, primary key ("id"))',
    'CREATE INDEX "sessions_user_id_index" on "sessions" ("user_id")',
    'CREATE TABLE "failed_jobs" ("id" integer primary key autoincrement not null, "uuid" varchar not null, "connection" text not null, "queue" text not null, "payload" text not null, "exception" text not null, "failed_at" datetime default CURRENT_TIMESTAMP not null)',
  ];
  database.run(
    'CREATE TABLE "migrations" ("id" integer primary key autoincrement not null, "migration" varchar not null, "batch" integer not null)',
  );
  for (const table of tables) database.run(table);
  const year = story.number.int({ min: 2021, max: 2023 });
  const own = `${year}_0${story.number.int({ min: 1, max: 9 })}_1${story.number.int(9)}_${story.number.int({ min: 80_000, max: 175_959 })}`;
  const later = `${year + 1}_03_0${story.number.int({ min: 1, max: 9 })}_${story.number.int({ min: 80_000, max: 175_959 })}`;
  const migrations = [
    '2014_10_12_000000_create_users_table',
    '2019_08_19_000000_create_failed_jobs_table',
    '2019_12_14_000001_create_personal_access_tokens_table',
    `${own.padEnd(17, '0')}_create_settings_table`,
    `${own.padEnd(17, '1')}_create_sessions_table`,
    `${later.padEnd(17, '4')}_add_role_to_users_table`,
  ];
  for (const [index, name] of migrations.entries()) {
    database.run('insert into migrations values (?, ?, ?)', [index + 1, name, index < 3 ? 1 : index - 1]);
  }
}

function addTraffic(database: Database, ids: readonly number[], latest: Date): void {
  for (let token = 1; token <= randomInt(3, 9); token += 1) {
    const created = new Date(latest.getTime() - randomInt(20 * dayMs, 400 * dayMs));
    database.run('insert into personal_access_tokens values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      token,
      'App\\Models\\User',
      ids[randomInt(ids.length)] ?? 1,
      ['mobile', 'api', 'ci', 'reporting'][randomInt(4)] ?? 'api',
      randomText(alphabets.hexadecimal, 64),
      '["*"]',
      sqlTime(new Date(created.getTime() + randomInt(latest.getTime() - created.getTime()))),
      null,
      sqlTime(created),
      sqlTime(created),
    ]);
  }
  for (let session = randomInt(12, 60); session > 0; session -= 1) {
    const state = `a:2:{s:6:"_token";s:40:"${randomText(alphabets.alphanumeric, 40)}";s:6:"_flash";a:2:{s:3:"old";a:0:{}s:3:"new";a:0:{}}}`;
    database.run('insert into sessions values (?, ?, ?, ?, ?, ?)', [
      randomText(alphabets.alphanumeric, 40),
      ids[randomInt(ids.length)] ?? 1,
      `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${randomInt(118, 127)}.0.0.0 Safari/537.36`,
      Buffer.from(state).toString('base64'),
      Math.floor(latest.getTime() / 1000) - randomInt(7 * 86_400),
    ]);
  }
  for (let job = 1; job <= randomInt(5); job += 1) {
    const failed = new Date(latest.getTime() - randomInt(dayMs, 100 * dayMs));
    database.run('insert into failed_jobs values (?, ?, ?, ?, ?, ?, ?)', [
      job,
      randomUUID(),
      'database',
      'default',
      '{"displayName":"App\\\\Jobs\\\\SyncReport"}',
      'Illuminate\\Database\\QueryException: SQLSTATE[08006] [7] timeout expired',
      sqlTime(failed),
    ]);
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
