import { randomInt, randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { accountName } from '../account-name.js';
import { accountRows, knownHash, sqlTime } from '../account-rows.js';
import { decoyUrl } from '../decoy-url.js';
import { gzipped } from '../gzip.js';
import { alphabets, generatedPassword, inventedPassword, randomText } from '../secrets.js';
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
  relativePath: ({ seed, project }) =>
    storyteller(seed, 'dump name').helpers.arrayElement([
      `${project}.sql.gz`,
      `${project}_prod.sql.gz`,
      `backup/${project}-full.sql.gz`,
      `dump-${project}.sql.gz`,
      `pg_${project}.sql.gz`,
      `${project}_before_migration.sql.gz`,
    ]),
  async make({ persona, times, templates, path, decoy }) {
    const story = storyteller(persona.seed, 'dump');
    const { modifiedAt } = times;
    const admin = inventedPassword();
    const warehouse = {
      user: accountName('dwh', 'replica', 'etl', 'report'),
      password: randomText(alphabets.alphanumeric, 24),
    };
    const portal = { user: accountName('svc', 'sync', 'intranet'), password: generatedPassword(18) };
    const mail = generatedPassword(16);
    const rows = accountRows(persona, story, modifiedAt, '2b');
    const hashes = await Promise.all(
      rows.map((row, index) => (index === 0 ? knownHash(admin, '2b') : row.hash)),
    );
    const possible = releases.filter(([, day]) => Date.parse(day) < modifiedAt.getTime() - 30 * dayMs);
    const [version] = story.helpers.arrayElement(possible.length > 0 ? possible : [releases[0]]);
    const owner = story.helpers.arrayElement([persona.project, `${persona.project}_app`, 'app', 'web']);
    const zone = '+00';
    const fraction = () => `.${randomText('0123456789', 5)}${randomInt(1, 10)}`;
    const stamp = (date: Date) => `${sqlTime(date)}${fraction()}${zone}`;
    const past = () => new Date(modifiedAt.getTime() - randomInt(dayMs, 400 * dayMs));
    const integrations = [
      [
        'warehouse',
        `postgresql://${warehouse.user}:${warehouse.password}@${decoy.host}:${decoy.ports.postgres}/${persona.project}_dwh`,
      ],
      [
        'intranet',
        JSON.stringify({ url: `${decoyUrl(decoy)}/`, login: portal.user, password: portal.password }),
      ],
      [
        'smtp',
        JSON.stringify({
          host: persona.hosts.mail.fullName,
          user: `noreply@${persona.domain}`,
          password: mail,
        }),
      ],
    ] as const;
    const customers = storyteller(persona.seed, 'dump customers');
    const text = templates.text('sql-dump/dump.sql.njk', {
      version,
      owner,
      table: {
        // In this order of the alphabet whatever is drawn: pg_dump sorts tables by name.
        users: story.helpers.arrayElement(['users', 'user_accounts', 'web_users']),
        orders: story.helpers.arrayElement(['orders', 'invoices', 'shipments', 'tickets']),
        integrations: story.helpers.arrayElement([
          'integrations',
          'connections',
          'external_services',
          'credentials',
        ]),
      },
      users: rows.map((row, index) => [
        row.id,
        row.email,
        row.name,
        hashes[index],
        row.role,
        randomInt(12) === 0 ? 'f' : 't',
        stamp(row.createdAt),
        randomInt(5) === 0 ? '\\N' : stamp(row.updatedAt),
      ]),
      lastUser: rows.at(-1)?.id ?? 1,
      integrations: story.helpers.shuffle([...integrations]).map(([name, secret], index) => [
        index + 1,
        name,
        // COPY doubles backslashes; none of the alphabets has one.
        secret,
        stamp(past()),
      ]),
      orders: Array.from({ length: randomInt(120, 600) }, (_, index) => ({ index, at: past() }))
        .sort((one, other) => one.at.getTime() - other.at.getTime())
        .map(({ at }, index) => [
          index + 1,
          randomUUID(),
          rows[randomInt(rows.length)]?.id ?? 1,
          customers.company.name(),
          `${randomInt(20, 9000)}.${String(randomInt(100)).padStart(2, '0')}`,
          ['open', 'paid', 'paid', 'paid', 'cancelled'][randomInt(5)] ?? 'paid',
          stamp(at),
        ]),
    });
    const name = basename(path).replace(/\.gz$/, '');
    return {
      content: gzipped(Buffer.from(text), name, modifiedAt),
      secrets: [
        { label: 'warehouse', value: warehouse.password },
        { label: 'intranet', value: portal.password },
        { label: 'mail', value: mail },
        { label: `password of ${rows[0]?.email}`, value: admin },
        ...hashes.map((value, index) => ({ label: `hash of ${rows[index]?.email}`, value: value ?? '' })),
      ],
      logins: [
        { service: 'postgres', ...warehouse },
        { service: 'http', ...portal },
        { service: 'http', user: rows[0]?.email ?? '', password: admin },
      ],
    };
  },
};
