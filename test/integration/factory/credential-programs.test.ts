import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { accountsOf } from '../../../src/factory/company-accounts.js';
import { apacheMd5 } from '../../../src/factory/forms/apache-md5.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { basicListener } from '../../support/basic-listener.js';
import { postgresListener, salt } from '../../support/postgres-listener.js';
import { describeWith } from '../../support/requirements.js';
import { trapFile } from '../../support/trap-file.js';

describeWith(['git'], '.git-credentials', () => {
  test('Git fills in every login of it', async () => {
    await using trap = await trapFile('git-credentials', 11);
    const lines = Buffer.from(trap.content).toString().trim().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      const { protocol, host, username, password } = new URL(line.replace(/%3a(\d+)$/, ':$1'));
      const { stdout } = await execa(
        'git',
        [
          '-c',
          'credential.helper=',
          '-c',
          `credential.helper=store --file=${trap.path}`,
          'credential',
          'fill',
        ],
        { input: `protocol=${protocol.slice(0, -1)}\nhost=${host}\n\n`, env: { GIT_TERMINAL_PROMPT: '0' } },
      );
      expect(stdout.split('\n')).toContain(`username=${username}`);
      expect(stdout.split('\n')).toContain(`password=${password}`);
    }
  });
});

describeWith(['psql'], '.pgpass', () => {
  const knock = (path: string, port: number, user: string, database: string) =>
    execa(
      'psql',
      ['-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', database, '-w', '-c', 'select 1'],
      {
        reject: false,
        env: { PGPASSFILE: path, PGCONNECT_TIMEOUT: '10' },
      },
    );

  test('psql sends the password of the trap for each of its users', async () => {
    await using server = await postgresListener('cleartext');
    await using trap = await trapFile('pgpass', 21, server.port);
    const lines = Buffer.from(trap.content).toString().split('\n');
    for (const { user } of trap.logins ?? []) {
      const [, , database = ''] = lines.find((line) => line.includes(`:${user}:`))?.split(':') ?? [];
      // No psql asks for the replication protocol, but a database may have that name.
      await knock(trap.path, server.port, user, database === '*' ? 'anything' : database);
    }
    expect(server.logins.map(({ user, password }) => [user, password])).toEqual(
      trap.logins?.map(({ user, password }) => [user, password]),
    );
    expect(server.logins.length).toBeGreaterThan(1);
  });

  test('and its MD5 with the salt of a server that wants that', async () => {
    await using server = await postgresListener('md5');
    await using trap = await trapFile('pgpass', 22, server.port);
    const [login] = trap.logins ?? [];
    const line = Buffer.from(trap.content)
      .toString()
      .split('\n')
      .find((one) => one.includes(`:${login?.user}:`));
    await knock(trap.path, server.port, login?.user ?? '', line?.split(':')[2]?.replace('*', 'x') ?? '');
    const md5 = (...parts: (string | Buffer)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
    expect(server.logins[0]?.password).toBe(`md5${md5(md5(`${login?.password}${login?.user}`), salt)}`);
  });

  test('psql would ignore it with another mode', async () => {
    await using server = await postgresListener('cleartext');
    await using trap = await trapFile('pgpass', 23, server.port);
    const open = join(trap.folder, 'open');
    await writeFile(open, trap.content, { mode: 0o644 });
    const [login] = trap.logins ?? [];
    const { stderr } = await knock(open, server.port, login?.user ?? '', 'x');
    expect(stderr).toMatch(/has group or world access/);
    expect(server.logins).toEqual([]);
  });
});

describeWith(['npm'], '.npmrc', () => {
  test("npm asks the company's registry with the login of the trap", async () => {
    await using server = await basicListener();
    await using trap = await trapFile('npmrc', 31, server.port);
    const scope = `@${accountsOf(personaFrom(31)).organisation}`;
    const env = { HOME: trap.folder, npm_config_userconfig: trap.path, npm_config_fetch_retries: '0' };
    const registry = await execa('npm', ['config', 'get', `${scope}:registry`], { cwd: trap.folder, env });
    expect(registry.stdout).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${server.port}/`));
    await execa('npm', ['view', `${scope}/core`], { cwd: trap.folder, env, reject: false });
    const [login] = trap.logins ?? [];
    expect(server.logins).toContain(`${login?.user}:${login?.password}`);
  });
});

describeWith(['curl'], '.netrc', () => {
  test('curl logs in to the decoy with it, on one line and on three', async () => {
    const shapes = new Set<boolean>();
    for (let seed = 41; shapes.size < 2; seed += 1) {
      await using server = await basicListener();
      await using trap = await trapFile('netrc', seed, server.port);
      await execa('curl', ['-sS', '--netrc-file', trap.path, `http://127.0.0.1:${server.port}/`]);
      const [login] = trap.logins ?? [];
      expect(server.logins).toEqual([`${login?.user}:${login?.password}`]);
      shapes.add(/machine \S+ login/.test(Buffer.from(trap.content).toString()));
    }
  });
});

describeWith(['htpasswd'], '.htpasswd', () => {
  test('htpasswd accepts the password of every user, and no other', async () => {
    await using trap = await trapFile('htpasswd', 53);
    expect(trap.logins?.length).toBeGreaterThan(2);
    for (const { user, password } of trap.logins ?? []) {
      await execa('htpasswd', ['-vb', trap.path, user, password]);
      const wrong = await execa('htpasswd', ['-vb', trap.path, user, `${password}x`], { reject: false });
      expect(wrong.exitCode).not.toBe(0);
    }
  });
});

describeWith(['openssl'], 'keys and hashes', () => {
  test('openssl finds the key of the Google account whole, of 2,048 bits', async () => {
    await using trap = await trapFile('gcp-service-account', 61);
    const { private_key: pem } = JSON.parse(Buffer.from(trap.content).toString());
    const { stdout } = await execa('openssl', ['pkey', '-check', '-noout', '-text'], { input: pem });
    expect(stdout).toMatch(/Key is valid/);
    expect(stdout).toMatch(/2048 bit/);
  });

  test('a cluster has an authority for its clients, as k3s makes it, and the certificate is of the key', async () => {
    await using trap = await trapFile('kubeconfig', 62);
    const text = Buffer.from(trap.content).toString();
    const part = async (name: string) => {
      const path = join(trap.folder, name);
      const [, encoded = ''] = text.match(new RegExp(`${name}-data: (\\S+)`)) ?? [];
      await writeFile(path, Buffer.from(encoded, 'base64'));
      return path;
    };
    const server = await part('certificate-authority');
    const certificate = await part('client-certificate');
    const key = await part('client-key');
    // k3s puts the authority below what it signed.
    const [, below = ''] = (await readFile(certificate, 'utf8')).split(/(?<=-----END CERTIFICATE-----\n)/);
    const authority = join(trap.folder, 'client-ca');
    await writeFile(authority, below);
    const at = ['-attime', String(await startOf(certificate))];
    const verify = (by: string, of: string, ...more: string[]) =>
      execa('openssl', ['verify', '-x509_strict', ...more, ...at, '-CAfile', by, of], { reject: false });
    expect((await verify(authority, certificate, '-purpose', 'sslclient')).stdout).toBe(`${certificate}: OK`);
    expect((await verify(server, server)).stdout).toBe(`${server}: OK`);
    expect((await verify(server, certificate)).exitCode).not.toBe(0);
    const ofKey = await execa('openssl', ['pkey', '-in', key, '-pubout']);
    const ofCertificate = await execa('openssl', ['x509', '-in', certificate, '-noout', '-pubkey']);
    expect(ofCertificate.stdout).toBe(ofKey.stdout);

    const told = async (path: string) => {
      const { stdout } = await execa('openssl', ['x509', '-in', path, '-noout', '-text']);
      return stdout.replaceAll(/^ +/gm, '');
    };
    const admin = await told(certificate);
    expect(admin).toMatch(/^Subject: O = system:masters, CN = system:admin$/m);
    expect(admin).toMatch(/^Issuer: CN = k3s-client-ca@\d{10}$/m);
    expect(admin).toMatch(/Key Usage: critical\nDigital Signature, Key Encipherment\n/);
    expect(admin).toMatch(/Extended Key Usage: \nTLS Web Client Authentication\n/);
    expect(admin).not.toMatch(/Basic Constraints|Subject Key Identifier/);
    expect(admin).toMatch(/ASN1 OID: prime256v1/);
    const [, founded] = admin.match(/k3s-client-ca@(\d+)/) ?? [];
    for (const [path, role] of [
      [authority, 'client'],
      [server, 'server'],
    ] as const) {
      const root = await told(path);
      expect(root).toMatch(new RegExp(`^Subject: CN = k3s-${role}-ca@${founded}$`, 'm'));
      expect(root).toMatch(/^Serial Number: 0 \(0x0\)$/m);
      expect(root).toMatch(
        /Key Usage: critical\nDigital Signature, Key Encipherment, Certificate Sign\nX509v3 Basic Constraints: critical\nCA:TRUE\nX509v3 Subject Key Identifier: /,
      );
      expect(root).not.toMatch(/Authority Key Identifier/);
    }
  });

  test('openssl makes the same hash of Apache as ours, whatever the length of the password', async () => {
    for (const password of [
      'a',
      'fifteen letters',
      'sixteen letters!',
      'more than sixteen letters: and signs',
    ]) {
      const { stdout } = await execa('openssl', ['passwd', '-apr1', '-salt', 'Ab./9xYz', password]);
      expect(apacheMd5(password, 'Ab./9xYz')).toBe(stdout);
    }
  });
});

async function startOf(certificate: string): Promise<number> {
  const { stdout } = await execa('openssl', ['x509', '-in', certificate, '-noout', '-startdate']);
  return Date.parse(stdout.replace('notBefore=', '')) / 1000 + 1;
}

describeWith(['perl'], 'shadow.bak', () => {
  test("the system's crypt takes every hash for one of its own", async () => {
    await using trap = await trapFile('shadow-backup', 71);
    expect(trap.secrets.length).toBeGreaterThan(2);
    const hashes = trap.secrets.map((secret) => secret.value);
    const script = 'print crypt("x", $_), "\\n" for @ARGV';
    const { stdout } = await execa('perl', ['-e', script, ...hashes]);
    for (const [index, answer] of stdout.split('\n').entries()) {
      const hash = hashes[index] ?? '';
      // A broken setting would give `*0`; a right one gives another hash with the same salt.
      expect(answer.slice(0, hash.lastIndexOf('$') + 1)).toBe(hash.slice(0, hash.lastIndexOf('$') + 1));
      expect(answer).toHaveLength(hash.length);
      expect(answer).not.toBe(hash);
    }
  });
});

describeWith(['ansible-vault'], 'vault.yml', () => {
  test('ansible-vault opens it with the password beside it, and the logins stand in it', async () => {
    await using trap = await trapFile('ansible-vault', 81);
    const passwordFile = join(trap.folder, '.vault_pass');
    const args = ['view', '--vault-password-file', passwordFile, trap.path];
    const { stdout } = await execa('ansible-vault', args, { env: { HOME: trap.folder, LC_ALL: 'C.UTF-8' } });
    expect(trap.logins).toHaveLength(2);
    for (const { user, password } of trap.logins ?? []) {
      // No sign in them means anything to a regular expression.
      for (const value of [user, password]) expect(stdout).toMatch(new RegExp(`: (["']?)${value}\\1\n`));
    }
    expect(await readFile(trap.path, 'utf8')).not.toContain(trap.secrets[0]?.value);
  });
});

describeWith(['php'], 'wp-config.php', () => {
  test('PHP finds no error in it and reads the logins from it', async () => {
    await using trap = await trapFile('wp-config', 91);
    await execa('php', ['-l', trap.path]);
    await writeFile(join(trap.folder, 'wp-settings.php'), '<?php ');
    const script =
      'require $argv[1]; echo json_encode([DB_PASSWORD, FTP_USER, FTP_PASS, AUTH_KEY, strlen(NONCE_SALT)]);';
    const { stdout } = await execa('php', ['-r', script, trap.path]);
    const [database, files, authKey] = trap.secrets.map((secret) => secret.value);
    expect(JSON.parse(stdout)).toEqual([database, trap.logins?.[0]?.user, files, authKey, 64]);
  });
});
