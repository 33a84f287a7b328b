import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import type { TrapContext, TrapKind, TrapMaterial } from '../../../src/factory/trap-kind.js';
import { describeWith } from '../../support/requirements.js';
import { trapContext } from '../../support/trap-context.js';

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const seeds = [1, 2, 3, 4, 5, 6];

interface Written {
  readonly path: string;
  readonly companion: string;
  readonly context: TrapContext;
  readonly material: TrapMaterial;
}

/** Writes a trap and its companions as they would be planted. */
async function written(name: TrapKindName, seed: number): Promise<Written> {
  const kind: TrapKind = kinds[name];
  const context = trapContext(seed);
  const material = await kind.make(context);
  count += 1;
  const path = join(folder, `${count}-${basename(kind.relativePath(context.persona, 2025))}`);
  await writeFile(path, material.content, { mode: kind.mode });
  const companion = kind.companions?.[0]?.nameFor(basename(path)) ?? 'none';
  for (const [index, content] of (material.companions ?? []).entries())
    await writeFile(join(folder, kind.companions?.[index]?.nameFor(basename(path)) ?? ''), content);
  return { path, companion: join(folder, companion), context, material };
}

const secretOf = ({ material }: Written, label: string) =>
  material.secrets.find((secret) => secret.label === label)?.value ?? '';

describeWith(['ssh-keygen'], 'SSH keys', () => {
  const keys = [
    ['ssh-key', 'ssh-rsa', 3072, 'RSA'],
    ['ssh-key-ed25519', 'ssh-ed25519', 256, 'ED25519'],
  ] as const;

  test.each(
    keys,
  )('%s is accepted by ssh-keygen and matches its public half', async (name, word, size, type) => {
    const trap = await written(name, 2);
    expect((await stat(trap.path)).mode & 0o7777).toBe(0o600);
    const { stdout } = await execa('ssh-keygen', ['-y', '-f', trap.path]);
    expect(`${stdout}\n`).toBe(await readFile(trap.companion, 'utf8'));
    expect(stdout).toMatch(new RegExp(`^${word} AAAA\\S+ [a-z0-9]+@[a-z0-9-]+$`));
    const { stdout: facts } = await execa('ssh-keygen', ['-l', '-f', trap.path]);
    expect(facts).toMatch(new RegExp(`^${size} SHA256:\\S+ .*\\(${type}\\)$`));
    expect(facts).toContain(` ${secretOf(trap, 'fingerprint')} `);
  });

  test('a private key that ssh-keygen signs with is verified by the public half', async () => {
    const { path, companion } = await written('ssh-key-ed25519', 3);
    const message = join(folder, 'message');
    await writeFile(message, 'hello');
    await execa('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', path, message]);
    const allowed = join(folder, 'allowed');
    await writeFile(allowed, `me ${await readFile(companion, 'utf8')}`);
    const verify = ['-Y', 'verify', '-n', 'file', '-f', allowed, '-I', 'me', '-s', `${message}.sig`];
    await execa('ssh-keygen', verify, { input: 'hello' });
  });

  test('known_hosts: every key is one, and hosts of the story are found by name, hashed or not', async () => {
    for (const seed of seeds) {
      const { path, context } = await written('known-hosts', seed);
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      const { stdout } = await execa('ssh-keygen', ['-l', '-f', path]);
      expect(stdout.split('\n')).toHaveLength(lines.length);
      expect(lines.some((line) => line.startsWith('|1|'))).toBe(true);
      const hosts = Object.values(context.persona.hosts);
      const names = hosts.flatMap((host) => [host.name, host.fullName, host.address]);
      let found = 0;
      for (const name of names) {
        const { exitCode, stdout: lookup } = await execa('ssh-keygen', ['-F', name, '-f', path], {
          reject: false,
        });
        if (exitCode === 0) found += lookup.split('\n').filter((line) => !line.startsWith('#')).length;
      }
      expect(found).toBeGreaterThanOrEqual(lines.length);
    }
  });
});

describeWith(['ssh'], 'config', () => {
  test('has a short name that leads ssh to the decoy, as the user whose password stands there', async () => {
    for (const seed of seeds) {
      const { path, context, material } = await written('ssh-config', seed);
      const text = await readFile(path, 'utf8');
      const aliases = [...text.matchAll(/^Host ([^*\s]+)/gm)].map(([, alias]) => alias ?? '');
      expect(aliases.length).toBeGreaterThanOrEqual(4);
      const leading: string[] = [];
      for (const alias of aliases) {
        const { stdout } = await execa('ssh', ['-G', '-F', path, alias]);
        const wanted = [`hostname ${context.decoy.host}`, `port ${context.decoy.ports.ssh}`];
        const user = `user ${material.logins?.[0]?.user}`;
        if ([...wanted, user].every((line) => stdout.split('\n').includes(line))) leading.push(alias);
      }
      expect(leading).toHaveLength(1);
      expect(text).toContain(material.logins?.[0]?.password);
    }
  });
});

describeWith(['openssl'], 'certificates', () => {
  const openssl = async (...args: string[]) => (await execa('openssl', args)).stdout;

  /** The certificates of a text, each in a file. */
  async function certificatesOf(path: string): Promise<string[]> {
    const blocks =
      (await readFile(path, 'utf8')).match(/-----BEGIN CERT.*?-----END CERTIFICATE-----/gs) ?? [];
    const paths = blocks.map((_, index) => `${path}.${index}`);
    for (const [index, block] of blocks.entries()) await writeFile(paths[index] ?? '', `${block}\n`);
    return paths;
  }

  test('tls-key: the key is whole, the certificate is its own, the chain verifies, the times fit', async () => {
    for (const seed of seeds) {
      const { path, companion, context } = await written('tls-key', seed);
      expect(await openssl('pkey', '-in', path, '-check', '-noout')).toContain('Key is valid');
      const [leaf = '', authority = ''] = await certificatesOf(companion);
      const publicHalf = await openssl('pkey', '-in', path, '-pubout');
      expect(await openssl('x509', '-in', leaf, '-pubkey', '-noout')).toBe(publicHalf);
      const names = ['-purpose', 'sslserver', '-verify_hostname', context.persona.hosts.application.fullName];
      expect(await openssl('verify', '-x509_strict', '-CAfile', authority, ...names, leaf)).toContain('OK');
      const start = Date.parse((await openssl('x509', '-in', leaf, '-noout', '-startdate')).slice(10));
      const late = context.times.modifiedAt.getTime() - start;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(6000);
      await openssl('x509', '-in', leaf, '-noout', '-checkend', '0');
    }
  });

  test('one host has one authority, in every trap and every making', async () => {
    const [one, other] = [await written('tls-key', 7), await written('tls-key', 7)];
    const [, first = ''] = await certificatesOf(one.companion);
    const [, second = ''] = await certificatesOf(other.companion);
    expect(await readFile(first, 'utf8')).toBe(await readFile(second, 'utf8'));
    const profile = await certificatesOf((await written('openvpn', 7)).path);
    const inside = await Promise.all(profile.map((path) => readFile(path, 'utf8')));
    expect(inside).toContain(await readFile(first, 'utf8'));
  });

  test('jwt-key: the token is verified by the public half', async () => {
    for (const seed of seeds) {
      const trap = await written('jwt-key', seed);
      expect(await openssl('pkey', '-in', trap.path, '-check', '-noout')).toContain('Key is valid');
      expect(`${await openssl('pkey', '-in', trap.path, '-pubout')}\n`).toBe(
        await readFile(trap.companion, 'utf8'),
      );
      const { verify } = await import('node:crypto');
      const [head = '', claims = '', signature = ''] = secretOf(trap, 'token').split('.');
      const key = { key: await readFile(trap.companion), dsaEncoding: 'ieee-p1363' } as const;
      const body = Buffer.from(`${head}.${claims}`);
      expect(verify('sha256', body, key, Buffer.from(signature, 'base64url'))).toBe(true);
      const { iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
      expect(iat * 1000).toBeLessThan(trap.context.times.modifiedAt.getTime());
      expect(exp * 1000).toBeGreaterThan(Date.now());
    }
  });
});

describeWith(['openvpn'], 'the OpenVPN profile', () => {
  /** What OpenVPN says of a profile, when it leads to a port of this host that refuses and makes no interface. */
  async function told(profile: string): Promise<string> {
    const path = join(folder, 'profile');
    const local = profile
      .replace(/^remote .*$/m, 'remote 127.0.0.1 1')
      .replace(/^proto .*$/m, 'proto tcp-client')
      .replace(/^dev tun$/m, 'dev null')
      .replace(/^(verb|mute) .*\n/gm, '');
    await writeFile(path, local);
    const limits = ['--connect-retry-max', '1', '--connect-timeout', '1', '--verb', '3'];
    const options = { all: true, reject: false, timeout: 20_000 } as const;
    return (await execa('openvpn', ['--config', path, ...limits], options)).all;
  }

  test('is loaded with its certificates and keys, and OpenVPN goes on to connect', async () => {
    for (const seed of seeds.slice(0, 4)) {
      const text = await readFile((await written('openvpn', seed)).path, 'utf8');
      const all = await told(text);
      expect(all).toMatch(/Attempting to establish TCP connection with \[AF_INET\]127\.0\.0\.1:1/);
      expect(all).not.toMatch(/Options error|Cannot load|error in/i);
    }
  });

  test('OpenVPN would have refused a damaged key, and another certificate', async () => {
    const [one, other] = [await written('openvpn', 1), await written('openvpn', 2)];
    const [text, second] = [await readFile(one.path, 'utf8'), await readFile(other.path, 'utf8')];
    const block = (name: string, from: string) =>
      from.match(new RegExp(`<${name}>.*</${name}>`, 's'))?.[0] ?? '';
    const short = text.replace(/(BEGIN OpenVPN Static key V1-----\n).*\n/, '$1');
    const foreign = text.replace(block('cert', text), block('cert', second));
    for (const damaged of [short, foreign])
      expect(await told(damaged)).not.toContain('Attempting to establish');
  });
});

describeWith(['bash'], 'shell files', () => {
  test('the backup script is one for sh and bash, and nothing in it is expanded by mistake', async () => {
    for (const seed of [...seeds, 11, 12, 13, 14, 15, 16]) {
      const { path } = await written('backup-script', seed);
      for (const shell of ['sh', 'bash']) await execa(shell, ['-n', path]);
    }
  });

  test('every command of the history is one that bash understands', async () => {
    for (const seed of seeds) {
      const { path } = await written('bash-history', seed);
      await execa('bash', ['-n', path]);
    }
  });

  test('bash reads the history with its times, the last of them the time of the file', async () => {
    let timed = 0;
    for (const seed of seeds) {
      const { path, context } = await written('bash-history', seed);
      const text = await readFile(path, 'utf8');
      const stamps = [...text.matchAll(/^#(\d{9,})$/gm)].map(([, stamp]) => Number(stamp));
      if (stamps.length === 0) continue;
      timed += 1;
      expect(stamps).toEqual([...stamps].sort((one, other) => one - other));
      expect(stamps.at(-1)).toBe(Math.floor(context.times.modifiedAt.getTime() / 1000));
      const script = 'HISTTIMEFORMAT="%s "; HISTSIZE=9999; history -r "$1"; history | head -1';
      const { stdout } = await execa('bash', ['-c', script, 'bash', path]);
      expect(stdout.trim().split(/\s+/)[1]).toBe(String(stamps[0]));
    }
    expect(timed).toBeGreaterThan(0);
  });
});
