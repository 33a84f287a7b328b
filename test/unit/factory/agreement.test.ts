import { describe, expect, test } from 'vitest';
import { backupPassphraseOf } from '../../../src/factory/backup-passphrase.js';
import { deploymentOf } from '../../../src/factory/deployment.js';
import { kinds } from '../../../src/factory/kinds.js';
import { type Locale, locales } from '../../../src/factory/persona.js';
import type { TrapKind } from '../../../src/factory/trap-kind.js';
import { trapContext } from '../../support/trap-context.js';
import { opened } from '../../tells/opened.js';
import { kindNames, slowKinds } from './workshop.js';

const stories = locales.flatMap((locale) => [3, 57, 801, 4040].map((seed) => [locale, seed] as const));
const quick = kindNames.filter((name) => !slowKinds.includes(name) || name === 'keepass');

const textOf = async (name: keyof typeof kinds, locale: Locale, seed: number) => {
  const kind: TrapKind = kinds[name];
  const context = trapContext(seed, locale);
  return Buffer.from((await kind.make(context)).content).toString();
};

describe.each(stories)('the files of one host agree (%s, %i)', (locale, seed) => {
  const { persona } = trapContext(seed, locale);
  const { database, warehouse, version, gitlab, backupTool, website } = deploymentOf(persona);

  test('on the names of databases', async () => {
    for (const name of ['env', 'docker-compose', 'terraform-state'] as const) {
      const named = [
        ...(await textOf(name, locale, seed)).matchAll(/postgres(?:ql)?:\/\/[^\s"'/]*@[^/\s]+\/([\w-]+)/g),
      ];
      expect(new Set(named.map(([, one]) => one))).toEqual(new Set([database]));
    }
    const fields = (await textOf('pgpass', locale, seed)).matchAll(/^[^#:\n][^:\n]*:\d+:([^:]+):/gm);
    for (const [, one] of fields)
      expect([database, warehouse, 'postgres', '*', 'replication']).toContain(one);
    expect(await textOf('backup-script', locale, seed)).toContain(`${database}`);
    expect(await textOf('wp-config', locale, seed)).toMatch(new RegExp(`'DB_NAME', '${website}'`));
    const mine = (await textOf('my-cnf', locale, seed)).match(/^database *= *(.*)$/m)?.[1] ?? website;
    expect(mine).toBe(website);
    expect(kinds['sql-dump'].relativePath(persona, 2025)).toContain(database);
  });

  test('on versions, tools and addresses', async () => {
    const release = (await textOf('env', locale, seed)).match(
      /^(?:APP_VERSION|RELEASE|VERSION|IMAGE_TAG)=(.*)$/m,
    );
    expect(release?.[1] ?? version).toBe(version);
    expect(await textOf('docker-compose', locale, seed)).toContain(`/${persona.project}:${version}\n`);
    for (const name of ['git-credentials', 'netrc', 'docker-config'] as const) {
      const forges = (await textOf(name, locale, seed)).match(
        /(?<=[@"/ ](?:registry\.)?)(git|gitlab|code)\.[\w.-]+/g,
      );
      for (const forge of forges ?? []) expect([gitlab, 'github.com', 'git.heroku.com']).toContain(forge);
    }
    const script = await textOf('backup-script', locale, seed);
    const others = ['restic backup', 'borg create'].filter((one) => !one.startsWith(backupTool));
    for (const other of others) expect(script).not.toContain(other);
  });

  test('on the passphrase of the backups, and on the tool', async () => {
    const phrase = backupPassphraseOf(persona);
    const notes = await textOf('passwords', locale, seed);
    expect(notes).toContain(phrase);
    for (const other of ['restic', 'borg', 'Borg'].filter((one) => one.toLowerCase() !== backupTool))
      expect(notes.replaceAll(persona.hosts.backup.name, '')).not.toContain(other);
    expect(await textOf('backup-script', locale, seed)).toContain(phrase);
    const vault = await kinds['ansible-vault'].make(trapContext(seed, locale));
    const [plain] = opened('ansible-vault', vault);
    const named = `${plain}`.match(
      /(?:restic_password|borg_passphrase|archive_key|backup_key|repo_phrase): (.*)/,
    );
    expect(named?.[1] ?? `"${phrase}"`).toContain(phrase);
  });

  test('on whose profile it is, on the port of the gateway, and on what pays', async () => {
    const profile = kinds.openvpn.relativePath(persona, 2025);
    const { logins = [] } = await kinds.openvpn.make({
      ...trapContext(seed, locale),
      path: `/srv/${profile}`,
    });
    expect(profile).toContain(logins[0]?.user);
    const { gatewayPort } = deploymentOf(persona);
    const gateway = [persona.hosts.gateway.fullName, persona.hosts.gateway.address].join('|');
    const ports = `${await textOf('passwords', locale, seed)}\n${await textOf('browser-logins', locale, seed)}`;
    for (const [, port] of ports.matchAll(new RegExp(`(?:${gateway}):(\\d+)`, 'g')))
      expect(port).toBe(gatewayPort);
    const environment = await textOf('env', locale, seed);
    expect(/stripe/i.test(environment)).toBe(locale !== 'ru');
    expect(/=live_[\w-]{43}$/m.test(environment)).toBe(locale === 'ru');
  });

  test('on passwords: nobody has two of them with one service', async () => {
    const known = new Map<string, string>();
    const doubled: string[] = [];
    for (const name of quick) {
      const kind: TrapKind = kinds[name];
      const { logins = [] } = await kind.make(trapContext(seed, locale));
      for (const { service, user } of logins) {
        const login = `${service} ${user}`;
        // Accounts of the application, whose passwords its databases hold as hashes, and names with a random number.
        if (user.includes('@') || /\d\d$/.test(user)) continue;
        if (known.has(login)) doubled.push(`${login}: ${known.get(login)}, ${name}`);
        known.set(login, name);
      }
    }
    expect(doubled).toEqual([]);
  });

  test('without two blank lines in a row', async () => {
    for (const name of ['env', 'aws-credentials', 'docker-compose', 'readme', 'pypirc', 'my-cnf'] as const)
      expect(await textOf(name, locale, seed), name).not.toMatch(/^\n|\n\n\n|\n\n$/);
  });
});
