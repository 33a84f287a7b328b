import { basename } from 'node:path';
import { accountName } from '../account-name.js';
import { accountRows, pastOf } from '../account-rows.js';
import { bcryptHash } from '../bcrypt.js';
import { connectionsOf } from '../connections.js';
import { deploymentOf } from '../deployment.js';
import { DumpStyle } from '../dump-style.js';
import { connectionsTable, ordersTable, usersTable } from '../dump-tables.js';
import { gzipped } from '../gzip.js';
import { alphabets, inventedPassword, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;

/** Releases of PostgreSQL and the packages of it, with the day from which servers had them. */
const releases = [
  ['13.4 (Debian 13.4-4.pgdg110+1)', '2021-09-01'],
  ['13.11 (Debian 13.11-0+deb11u1)', '2023-06-01'],
  ['14.9 (Ubuntu 14.9-0ubuntu0.22.04.1)', '2023-09-01'],
  ['15.6 (Debian 15.6-0+deb12u1)', '2024-03-15'],
  ['14.12 (Ubuntu 14.12-0ubuntu0.22.04.1)', '2024-06-15'],
  ['15.8 (Debian 15.8-0+deb12u1)', '2024-09-01'],
  ['16.4 (Ubuntu 16.4-0ubuntu0.24.04.2)', '2024-10-01'],
] as const;

/** A dump of the production database, as pg_dump(1) writes it and gzip(1) packs it. */
export const sqlDump: TrapKind = {
  name: 'sql-dump',
  summary: 'gzipped dump of the production database',
  mode: readableByAll,
  relativePath: (persona) => {
    const { database } = deploymentOf(persona);
    return storyteller(persona.seed, 'dump name').helpers.arrayElement([
      `${database}.sql.gz`,
      `backup/${database}-full.sql.gz`,
      `dump-${database}.sql.gz`,
      `pg_${database}.sql.gz`,
      `${database}_before_migration.sql.gz`,
    ]);
  },
  async make({ persona, times, templates, path, decoy }) {
    const story = storyteller(persona.seed, 'dump');
    const { modifiedAt } = times;
    const admin = inventedPassword(persona.locale);
    const connected = connectionsOf(persona, story, decoy, {
      warehouse: accountName('dwh', 'replica', 'etl', 'report'),
      portal: accountName('svc', 'sync', 'intranet'),
    });
    const { framework, owner } = deploymentOf(persona);
    const scheme = ({ laravel: '2y', rails: '2a', prisma: '2b', django: '2b', alembic: '2b' } as const)[
      framework
    ];
    const cost = story.helpers.arrayElement([8, 9, 10]);
    const rows = accountRows(persona, story, modifiedAt, scheme, cost);
    const hashes = await Promise.all(
      rows.map((row, index) => (index === 0 ? bcryptHash(admin, scheme, cost) : row.hash)),
    );
    const possible = releases.filter(([, day]) => Date.parse(day) < modifiedAt.getTime() - 30 * dayMs);
    const [version] = story.helpers.arrayElement(possible.length > 0 ? possible : [releases[0]]);
    const past = pastOf(rows, modifiedAt);
    const style = new DumpStyle(story);
    const oneOf = style.oneOf.bind(style);
    const users = usersTable(
      style,
      rows.map((row, index) => ({ ...row, sealed: hashes[index] ?? row.hash })),
    );
    const tables = [
      users,
      ordersTable(style, persona, { users, accounts: rows }, past),
      connectionsTable(style, connected.rows, past),
    ];
    const text = templates.text('sql-dump/dump.sql.njk', {
      version,
      owner,
      // pg_dump sorts tables by name.
      tables: tables.sort((one, other) => (one.name < other.name ? -1 : 1)),
      keyNames: framework === 'rails' ? 'rails' : oneOf('postgres', 'short'),
      keyDigest: randomText(alphabets.hexadecimal, 10),
    });
    const name = basename(path).replace(/\.gz$/, '');
    return {
      content: gzipped(Buffer.from(text), name, modifiedAt),
      secrets: [
        ...connected.secrets,
        { label: `password of ${rows[0]?.email}`, value: admin },
        ...hashes.map((value, index) => ({ label: `hash of ${rows[index]?.email}`, value: value ?? '' })),
      ],
      logins: [...connected.logins, { service: 'http', user: rows[0]?.email ?? '', password: admin }],
    };
  },
};
