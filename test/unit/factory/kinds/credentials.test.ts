import { createHmac, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { compare } from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { accountsOf } from '../../../../src/factory/company-accounts.js';
import { awsMailPassword } from '../../../../src/factory/forms/aws.js';
import { kinds, type TrapKindName } from '../../../../src/factory/kinds.js';
import type { TrapContext, TrapMaterial } from '../../../../src/factory/trap-kind.js';
import { trapContext } from '../../../support/trap-context.js';

interface Made extends TrapMaterial {
  readonly text: string;
  readonly context: TrapContext;
  secret(label: string): string;
}

async function made(name: TrapKindName, seed: number): Promise<Made> {
  const context = trapContext(seed);
  const trap: TrapMaterial = await kinds[name].make(context);
  const secret = (label: string) => trap.secrets.find((one) => one.label === label)?.value ?? `no ${label}`;
  return { ...trap, text: Buffer.from(trap.content).toString(), context, secret };
}

const seeds = [1, 22, 333, 4444, 55_555];

describe.each(seeds)('of the story %i', (seed) => {
  test('env: its token verifies with its own key and was issued before the last change', async () => {
    const { text, context, secret } = await made('env', seed);
    const value = (key: string) => text.match(new RegExp(`^${key}=(.*)$`, 'm'))?.[1];
    expect(value('(?:DB|PG|POSTGRES|DATABASE)_HOST')).toBe(context.decoy.host);
    expect(value('(?:DB|PG|POSTGRES|DATABASE)_PORT')).toBe(String(context.decoy.ports.postgres));
    const [header = '', body = '', proof] = secret('service').split('.');
    const key = value('(?:JWT_SECRET(?:_KEY)?|JWT_KEY|TOKEN_SECRET|AUTH_KEY|SIGNING_KEY)') ?? '';
    expect(createHmac('sha256', key).update(`${header}.${body}`).digest('base64url')).toBe(proof);
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    expect(claims.iss).toBe(value('(?:JWT_ISSUER|OIDC_ISSUER|LOGIN_URL|SSO)'));
    expect(claims.iat * 1000).toBeLessThan(context.times.modifiedAt.getTime());
    expect(value('STRIPE_SECRET(?:_KEY)?')).toContain(accountsOf(context.persona).stripe);
  });

  test('azure-profile: the principal is that of the profile beside it', async () => {
    const { text, companions = [], secret, context } = await made('azure-profile', seed);
    const [entry] = JSON.parse(text);
    const profile = Buffer.from(companions[0] ?? []).toString();
    expect(profile.startsWith('\ufeff')).toBe(true);
    const { subscriptions } = JSON.parse(profile.slice(1));
    const subscription = subscriptions.find((one: { isDefault: boolean }) => one.isDefault);
    expect(subscription.user.name).toBe(entry.client_id);
    expect([entry.tenant, subscription.tenantId]).toEqual(
      Array(2).fill(accountsOf(context.persona).azureTenant),
    );
    expect(entry.client_secret).toBe(secret('client secret'));
    expect(entry.client_secret).toMatch(/^[A-Za-z0-9]{3}\dQ~[A-Za-z0-9_.~-]{34}$/);
  });

  test('docker-config: the logins stand there as Docker encodes them, its names sorted', async () => {
    const { text, logins, context } = await made('docker-config', seed);
    const { auths } = JSON.parse(text);
    expect(Object.keys(auths)).toEqual(Object.keys(auths).sort());
    const { host, ports } = context.decoy;
    const ours = Buffer.from(auths[`${host}:${ports.http}`].auth, 'base64').toString();
    expect(ours).toBe(`${logins?.[0]?.user}:${logins?.[0]?.password}`);
    expect(text).toMatch(/^\{\n\t"auths": \{\n\t\t".*\}$/s);
  });

  test('docker-compose: is YAML whose services share the secrets', async () => {
    const { text, logins, secrets } = await made('docker-compose', seed);
    const { services, networks } = parse(text);
    const environments = Object.values<{ environment?: object | string[] }>(services).flatMap(
      ({ environment }) => (environment ? [Object.values<unknown>({ ...environment }).map(String)] : []),
    );
    expect(environments).toHaveLength(2);
    for (const values of environments) {
      const url = (scheme: string) =>
        new URL(`${values.find((one) => one.includes(scheme))?.replace(/^\w+=/, '')}`);
      expect(url('postgres').username).toBe(logins?.[0]?.user);
      expect(url('postgres').password).toBe(logins?.[0]?.password);
      expect(url('redis:').password).toBe(logins?.[1]?.password);
      for (const { value } of secrets)
        expect(values.some((one) => one.endsWith(value) || one.includes(`:${value}@`))).toBe(true);
    }
    for (const service of Object.values<{ networks?: string[] }>(services))
      expect(Object.keys(networks ?? {})).toEqual(service.networks ?? []);
  });

  test('kubeconfig: the client and its authority are made as k3s makes them, and older than the file', async () => {
    const { text, context } = await made('kubeconfig', seed);
    const { clusters, contexts, users, ...rest } = parse(text);
    const decoded = (value: string) => Buffer.from(value, 'base64').toString();
    const admin = users.find((one: { user: object }) => 'client-key-data' in one.user);
    const main = clusters.find((one: { cluster: object }) => 'certificate-authority-data' in one.cluster);
    const chain = decoded(admin.user['client-certificate-data'])
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem));
    expect(chain).toHaveLength(2);
    const [certificate, issuer] = chain as [X509Certificate, X509Certificate];
    const authority = new X509Certificate(decoded(main.cluster['certificate-authority-data']));
    const key = createPrivateKey(decoded(admin.user['client-key-data']));
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(false);
    expect([certificate.issuer, certificate.ca]).toEqual([issuer.subject, false]);
    expect(certificate.subject).toBe('O=system:masters\nCN=system:admin');
    const founded = Date.parse(certificate.validFrom);
    const years = (count: number) => founded + count * 365 * 86_400_000;
    for (const [one, role] of [
      [issuer, 'client'],
      [authority, 'server'],
    ] as const) {
      expect(one.subject).toBe(`CN=k3s-${role}-ca@${founded / 1000}`);
      expect(one.verify(one.publicKey)).toBe(true);
      expect([one.ca, one.serialNumber]).toEqual([true, '0']);
      expect([one.validFrom, Date.parse(one.validTo)]).toEqual([certificate.validFrom, years(10)]);
    }
    expect(Date.parse(certificate.validTo)).toBe(years(1));
    expect(founded).toBeLessThan(context.times.modifiedAt.getTime());
    expect(years(1)).toBeGreaterThan(context.times.modifiedAt.getTime());
    expect(createPublicKey(key).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    const current = contexts.find(({ name }: { name: string }) => name === rest['current-context']);
    expect([current.context.user, current.context.cluster]).toEqual([admin.name, main.name]);
    for (const one of contexts) {
      expect(users.map((user: { name: string }) => user.name)).toContain(one.context.user);
      expect(clusters.map((cluster: { name: string }) => cluster.name)).toContain(one.context.cluster);
    }
  });

  test('terraform-state: is a whole state of version 4 whose values agree with each other', async () => {
    const { text, logins, context, secret } = await made('terraform-state', seed);
    const state = JSON.parse(text);
    expect([state.version, Number.isInteger(state.serial)]).toEqual([4, true]);
    expect(state.lineage).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const of = (type: string) =>
      state.resources.find((one: { type: string }) => one.type === type).instances[0].attributes;
    const { result, bcrypt_hash, length } = of('random_password');
    expect(await compare(result, bcrypt_hash)).toBe(true);
    expect([result.length, result]).toEqual([length, secret('database')]);
    const outputs = Object.values<{ value: string; sensitive?: boolean }>(state.outputs);
    const url = new URL(outputs.find(({ sensitive }) => sensitive)?.value ?? '');
    expect([url.username, url.password]).toEqual([logins?.[0]?.user, result]);
    const { secret: key, ses_smtp_password_v4, create_date, user } = of('aws_iam_access_key');
    expect(ses_smtp_password_v4).toBe(awsMailPassword(key, context.persona.region));
    expect(Date.parse(create_date)).toBeLessThan(context.times.modifiedAt.getTime());
    expect(of('aws_iam_user').arn).toBe(`arn:aws:iam::${context.persona.awsAccountId}:user/${user}`);
  });

  test('htpasswd: has hashes of both algorithms or one, of which bcrypt verifies', async () => {
    const { text, logins = [] } = await made('htpasswd', seed);
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(logins.length);
    for (const [index, line] of lines.entries()) {
      const [user, hash = ''] = line.split(':');
      expect(user).toBe(logins[index]?.user);
      expect(hash).toMatch(/^\$2y\$05\$[./A-Za-z0-9]{53}$|^\$apr1\$[./A-Za-z0-9]{8}\$[./A-Za-z0-9]{22}$/);
      if (hash.startsWith('$2y$')) expect(await compare(logins[index]?.password ?? '', hash)).toBe(true);
    }
  });

  test('shadow-backup: every line has nine fields, and no password is younger than the file', async () => {
    const { text, context, secrets } = await made('shadow-backup', seed);
    const lines = text.trim().split('\n');
    const today = Math.floor(context.times.modifiedAt.getTime() / 86_400_000);
    for (const line of lines) {
      const fields = line.split(':');
      expect(fields).toHaveLength(9);
      expect(fields[1]).toMatch(/^(\*|!\*?|\$y\$j9T\$.{22}\$.{43})$/);
      expect(Number(fields[2])).toBeLessThanOrEqual(today);
    }
    const users = lines.map((line) => line.split(':')[0]);
    expect(new Set(users).size).toBe(users.length);
    expect(users[0]).toBe('root');
    const logins = context.persona.people.map((one) => one.login);
    expect(secrets.filter(({ label }) => logins.includes(label)).length).toBeGreaterThanOrEqual(2);
  });

  test('pypirc, my-cnf: every line is a section, a setting or the rest of one', async () => {
    for (const name of ['pypirc', 'my-cnf'] as const) {
      const { text } = await made(name, seed);
      for (const line of text.trimEnd().split('\n'))
        expect(line).toMatch(/^(|# .+|\[[\w-]+\]|[\w-]+ ?[=:].*|[\w-]+|[ \t]+[\w-]+)$/);
      expect(text).toMatch(/[^\n]\n$/);
    }
  });

  test('pgpass: every line names the decoy, and a user only once', async () => {
    const { text, logins = [], context } = await made('pgpass', seed);
    const lines = text
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    const { host, ports } = context.decoy;
    for (const [index, line] of lines.entries()) {
      const { user, password } = logins[index] ?? {};
      expect(line.split(':')).toEqual([host, String(ports.postgres), expect.any(String), user, password]);
    }
    expect(new Set(logins.map((login) => login.user)).size).toBe(lines.length);
  });
});

test('gcp-service-account: the address of the account agrees with its project', async () => {
  const { text, context, secret } = await made('gcp-service-account', 3);
  const key = JSON.parse(text);
  const { googleProject } = accountsOf(context.persona);
  expect(key.client_email).toMatch(
    new RegExp(`^${context.persona.project}-\\w+@${googleProject}\\.iam\\.gserviceaccount\\.com$`),
  );
  expect(key.client_x509_cert_url).toContain(encodeURIComponent(key.client_email));
  expect(googleProject).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
  expect(key.private_key_id).toBe(secret('private key id'));
  expect(createPrivateKey(key.private_key).asymmetricKeyDetails?.modulusLength).toBe(2048);
});

const quick = (Object.keys(kinds) as TrapKindName[]).filter(
  (name) => !['ssh-key', 'gcp-service-account', 'salary', 'passwords', 'terraform-state'].includes(name),
);

// Shared accounts with a number in their names, or a choice of them, which each trap has for itself.
const withOwnUsers = [
  'bash-history',
  'browser-logins',
  'keepass',
  'network-plan',
  'payroll',
  'sql-dump',
  'sqlite',
];

test.each(
  quick.filter((name) => !withOwnUsers.includes(name)),
)('%s: another making of the same story has the same users, and a new password for each', async (name) => {
  const [one, other] = [await made(name, 8), await made(name, 8)];
  const users = (trap: Made) => trap.logins?.map((login) => `${login.service} ${login.user}`);
  expect(users(one)).toEqual(users(other));
  for (const login of one.logins ?? [])
    expect(other.logins?.map((same) => same.password)).not.toContain(login.password);
});

test('no two kinds of a host have a login of the same service and password, or tell of two stories', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), async (seed) => {
      const traps = await Promise.all(quick.map((name) => made(name, seed)));
      const passwords = traps.flatMap((trap) => trap.logins ?? []).map((login) => login.password);
      expect(new Set(passwords).size).toBe(passwords.length);
      const keyIds = traps.flatMap((trap) =>
        [...trap.text.matchAll(/AKIA[A-Z2-7]{9}/g)].map(([start]) => start),
      );
      // The first nine characters after AKIA hold 45 of the 48 bits: of one account they differ in the last alone.
      expect(new Set(keyIds.map((start) => start.slice(0, 12))).size).toBe(1);
    }),
    { numRuns: 4 },
  );
});
