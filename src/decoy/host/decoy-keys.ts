import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { DecoyUnavailable } from '../../core/ports/decoy.js';
import { printableText } from '../../core/printable.js';
import { readKept, writeKept } from './kept-files.js';
import { selfSigned } from './self-signed.js';

const longestFile = 64 * 1024;

export interface DecoyKeys {
  /** In OpenSSH's private form, in the order in which sshd names its own. */
  readonly hostKeys: readonly string[];
  readonly tls: { readonly key: string; readonly certificate: string };
}

/** As `ssh-keygen -A` makes them. */
const hostKeyKinds = [
  { file: 'ssh_host_rsa_key', type: 'rsa', bits: 3072 },
  { file: 'ssh_host_ecdsa_key', type: 'ecdsa', bits: 256 },
  { file: 'ssh_host_ed25519_key', type: 'ed25519' },
] as const;

/**
 * The keys of the decoy, made once and kept in `folder` for root alone: whoever comes again must meet the same ones.
 * What cannot be read as a key is made anew.
 * @throws DecoyUnavailable when the folder or a file cannot be made
 */
export async function keepDecoyKeys(folder: string, hostname: string): Promise<DecoyKeys> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const hostKeys: string[] = [];
    for (const kind of hostKeyKinds) hostKeys.push(await keptHostKey(folder, kind, hostname));
    return { hostKeys, tls: await keptTls(folder, hostname) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DecoyUnavailable(
      `its keys cannot be kept in ${printableText(folder)}: ${code ?? printableText(message).slice(0, 300)}`,
    );
  }
}

type HostKeyKind = (typeof hostKeyKinds)[number];

async function keptHostKey(folder: string, kind: HostKeyKind, hostname: string): Promise<string> {
  const path = join(folder, kind.file);
  const kept = (await readKept(path, longestFile))?.toString();
  if (kept !== undefined && !(ssh2.utils.parseKey(kept) instanceof Error)) return kept;
  const made = await makeHostKey(kind, hostname);
  await writeKept(path, made);
  return made;
}

function makeHostKey(kind: HostKeyKind, hostname: string): Promise<string> {
  const comment = `root@${hostname}`;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, keys: { private: string }) =>
      error ? reject(error) : resolve(keys.private);
    if (kind.type === 'ed25519') ssh2.utils.generateKeyPair(kind.type, { comment }, done);
    else if (kind.type === 'rsa') ssh2.utils.generateKeyPair(kind.type, { bits: kind.bits, comment }, done);
    else ssh2.utils.generateKeyPair(kind.type, { bits: kind.bits, comment }, done);
  });
}

/** Key and certificate in one file, so that they always belong together. */
async function keptTls(folder: string, hostname: string): Promise<DecoyKeys['tls']> {
  const path = join(folder, 'tls.pem');
  const kept = tlsIn((await readKept(path, longestFile))?.toString() ?? '');
  if (kept !== undefined) return kept;
  const made = selfSigned(hostname, await setUpAt());
  await writeKept(path, made.key + made.certificate);
  return made;
}

function tlsIn(pem: string): DecoyKeys['tls'] | undefined {
  const start = pem.indexOf('-----BEGIN CERTIFICATE-----');
  const [key, certificate] = [pem.slice(0, Math.max(0, start)), pem.slice(Math.max(0, start))];
  try {
    return key !== '' && new X509Certificate(certificate).serialNumber ? { key, certificate } : undefined;
  } catch {
    return undefined;
  }
}

/** The package ssl-cert makes its certificate when a host is set up; so is this name of the host. */
async function setUpAt(): Promise<Date> {
  const facts = await stat('/etc/machine-id').catch(() => undefined);
  const known = facts === undefined ? Date.now() : Math.min(facts.mtimeMs, Date.now());
  // One that has run out would be conspicuous.
  return new Date(Math.max(known, Date.now() - 5 * 365 * 86_400_000));
}
