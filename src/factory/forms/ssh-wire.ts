import { createHash, type KeyObject } from 'node:crypto';

/** A length of 4 bytes and the bytes: the `string` of RFC 4251, section 5. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number as an `mpint` of RFC 4251: no leading zeros but the one that keeps it positive. */
export function sshNumber(bigEndian: Uint8Array): Buffer {
  const first = bigEndian.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : Buffer.from(bigEndian.subarray(first));
  const isHigh = (digits[0] ?? 0) >= 0x80;
  return sshString(isHigh ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

/** A public key in one line of OpenSSH. */
export interface SshPublicKey {
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string;
  /** As it goes over the wire. */
  readonly blob: Buffer;
}

/** `ssh-rsa AAAA...`, as it stands in `authorized_keys` and, after a name, in `known_hosts`. */
export function publicLine({ algorithm, blob }: SshPublicKey): string {
  return `${algorithm} ${blob.toString('base64')}`;
}

/** `SHA256:...`, as sshd(8) logs a key that was offered. */
export function fingerprint({ blob }: SshPublicKey): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** The SSH form of an RSA, Ed25519 or P-256 key, private or public. Throws for any other. */
export function sshPublicKey(key: KeyObject): SshPublicKey {
  const { kty, crv, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const number = (text: string) => Buffer.from(text, 'base64url');
  const of = (algorithm: string, ...fields: Buffer[]) => ({
    algorithm,
    blob: Buffer.concat([sshString(algorithm), ...fields]),
  });
  if (kty === 'RSA') return of('ssh-rsa', sshNumber(number(e)), sshNumber(number(n)));
  if (crv === 'Ed25519') return of('ssh-ed25519', sshString(number(x)));
  if (crv !== 'P-256') throw new Error(`no SSH form for a key of type ${kty} ${crv ?? ''}`);
  const point = Buffer.concat([Buffer.of(4), number(x), number(y)]);
  return of('ecdsa-sha2-nistp256', sshString('nistp256'), sshString(point));
}
