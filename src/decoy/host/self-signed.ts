import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bits,
  type Der,
  integer,
  nothing,
  objectIdentifier,
  octets,
  plainTagged,
  sequence,
  set,
  tagged,
  text,
  time,
} from './der.js';

const validDays = 3650;
const dayMs = 86_400_000;
const sha256WithRsa = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing);

/**
 * A key and a certificate like those of Debian's package ssl-cert (`ssl-cert-snakeoil`): RSA of 2048 bits, the host's
 * name, ten years, no authority. PEM. `from` is when it was made: a host has it since it was set up.
 */
export function selfSigned(hostname: string, from: Date): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), text(hostname.slice(0, 64)))));
  const keyId = createHash('sha1')
    .update(createPublicKey(privateKey).export({ type: 'pkcs1', format: 'der' }))
    .digest();
  const facts = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    sha256WithRsa,
    name,
    sequence(time(from), time(new Date(from.getTime() + validDays * dayMs))),
    name,
    publicInfo,
    tagged(
      3,
      sequence(
        extension('2.5.29.19', sequence()),
        extension('2.5.29.17', sequence(plainTagged(2, Buffer.from(hostname)))),
        extension('2.5.29.14', octets(keyId)),
      ),
    ),
  );
  const certificate = sequence(facts, sha256WithRsa, bits(sign('sha256', facts, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem(certificate),
  };
}

function extension(identifier: string, value: Der): Der {
  return sequence(objectIdentifier(identifier), octets(value));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Positive, of 20 bytes at most (RFC 5280, 4.1.2.2). */
function serialNumber(): Buffer {
  const number = randomBytes(20);
  number[0] = ((number[0] as number) & 0x3f) | 0x40;
  return number;
}
