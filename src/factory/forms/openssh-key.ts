import { type KeyObject, randomBytes } from 'node:crypto';
import { sshNumber, sshPublicKey, sshString } from './ssh-wire.js';

// PROTOCOL.key of OpenSSH: the block size where nothing is encrypted.
const blockSize = 8;
// Width of the lines that ssh-keygen(1) writes.
const lineWidth = 70;

/**
 * A private RSA or Ed25519 key without a passphrase as ssh-keygen(1) writes it since OpenSSH 7.8
 * (format `openssh-key-v1`, PROTOCOL.key), with its last newline. Throws for other keys.
 */
export function opensshPrivateKey(key: KeyObject, comment: string): string {
  const { algorithm, blob } = sshPublicKey(key);
  const check = randomBytes(4);
  const fields = [check, check, sshString(algorithm), ...privateFields(key), sshString(comment)];
  const length = fields.reduce((sum, field) => sum + field.length, 0);
  const padding = Buffer.from(
    Array.from({ length: (blockSize - (length % blockSize)) % blockSize }, (_, index) => index + 1),
  );
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    Buffer.of(0, 0, 0, 1),
    sshString(blob),
    sshString(Buffer.concat([...fields, padding])),
  ]);
  const lines = file.toString('base64').match(new RegExp(`.{1,${lineWidth}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function privateFields(key: KeyObject): Buffer[] {
  const { kty, crv, n = '', e = '', d = '', p = '', q = '', qi = '', x = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  if (kty === 'RSA') return [n, e, d, qi, p, q].map((number) => sshNumber(bytes(number)));
  if (crv !== 'Ed25519') throw new Error(`not written here: a private key of type ${kty} ${crv ?? ''}`);
  return [sshString(bytes(x)), sshString(Buffer.concat([bytes(d), bytes(x)]))];
}
