import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DecoyKeys, keepDecoyKeys } from '../../../../src/decoy/host/decoy-keys.js';

let folder: string;
let keys: DecoyKeys;
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'decoy-keys-')), 'decoy');
  keys = await keepDecoyKeys(folder, 'web-01');
}, 60_000);
afterAll(() => rm(join(folder, '..'), { recursive: true }));

it('makes the host keys that a server has, for nobody else to read', async () => {
  const types = keys.hostKeys.map((key) => {
    const parsed = ssh2.utils.parseKey(key);
    return parsed instanceof Error ? parsed : parsed.type;
  });
  expect(types).toEqual(['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519']);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it('makes a certificate that is valid for its key and name', () => {
  const certificate = new X509Certificate(keys.tls.certificate);
  expect(certificate.subject).toBe('CN=web-01');
  expect(certificate.issuer).toBe('CN=web-01');
  expect(certificate.subjectAltName).toBe('DNS:web-01');
  expect(certificate.ca).toBe(false);
  expect(certificate.checkPrivateKey(createPrivateKey(keys.tls.key))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(new Date(certificate.validFrom).getTime()).toBeLessThanOrEqual(Date.now());
});

it('gives the same keys again, and a new one only for what is broken or a link', async () => {
  expect(await keepDecoyKeys(folder, 'web-01')).toEqual(keys);
  await writeFile(join(folder, 'ssh_host_ed25519_key'), 'rubbish');
  await unlink(join(folder, 'ssh_host_ecdsa_key'));
  await symlink('/etc/passwd', join(folder, 'ssh_host_ecdsa_key'));
  const mended = await keepDecoyKeys(folder, 'web-01');
  expect(mended.hostKeys[0]).toBe(keys.hostKeys[0]);
  expect(mended.tls).toEqual(keys.tls);
  expect(mended.hostKeys[1]).toContain('OPENSSH PRIVATE KEY');
  expect(mended.hostKeys[2]).not.toBe(keys.hostKeys[2]);
  expect((await readdir(folder)).sort()).toEqual([
    ...['ssh_host_ecdsa_key', 'ssh_host_ed25519_key', 'ssh_host_rsa_key', 'tls.pem'],
  ]);
});
