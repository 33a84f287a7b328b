import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, der, integer, octets, oid, printable, sequence, setOf, time, truth, utf8 } from './der.js';

const attributes = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
};

/** The parts of a name in their order, such as `['CN', 'db01']`. */
export type DistinguishedName = readonly (readonly [keyof typeof attributes, string])[];

export interface CertificateFacts {
  /** Big endian; at most 20 bytes, the first not above 127. */
  readonly serial: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: KeyObject;
  readonly issuerKey: KeyObject;
  readonly use: 'authority' | 'server' | 'client';
  /** Names and addresses of a server. */
  readonly names?: readonly string[];
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

/** An X.509 certificate, version 3, DER; `sign` is ECDSA with SHA-256 by the issuer. */
export function certificate(facts: CertificateFacts, sign: (content: Uint8Array) => Uint8Array): Buffer {
  const content = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(facts.serial),
    ecdsaWithSha256,
    name(facts.issuer),
    sequence(time(facts.notBefore), time(facts.notAfter)),
    name(facts.subject),
    publicInfo(facts.key),
    der(0xa3, sequence(...extensions(facts))),
  );
  return sequence(content, ecdsaWithSha256, bits(sign(content)));
}

function name(parts: DistinguishedName): Buffer {
  // A country is a PrintableString by RFC 5280; OpenSSL writes the others as UTF-8.
  const text = (part: string, value: string) => (part === 'C' ? printable(value) : utf8(value));
  return sequence(...parts.map(([part, value]) => setOf(sequence(oid(attributes[part]), text(part, value)))));
}

function extensions({ key, issuerKey, use, names = [] }: CertificateFacts): Buffer[] {
  const isAuthority = use === 'authority';
  const purpose = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };
  return [
    extension('2.5.29.19', sequence(...(isAuthority ? [truth] : [])), isAuthority),
    extension('2.5.29.14', octets(keyId(key))),
    extension('2.5.29.35', sequence(der(0x80, keyId(issuerKey)))),
    // digitalSignature and keyEncipherment; of an authority keyCertSign and cRLSign.
    extension('2.5.29.15', isAuthority ? bits(Buffer.of(0x06), 1) : bits(Buffer.of(0xa0), 5), isAuthority),
    ...(use === 'authority' ? [] : [extension('2.5.29.37', sequence(oid(purpose[use])))]),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names.map(alternativeName)))] : []),
  ];
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [truth] : []), octets(value));
}

function alternativeName(text: string): Buffer {
  if (isIP(text) === 4) return der(0x87, Buffer.from(text.split('.').map(Number)));
  // An IPv6 address is left out by the caller: nobody reaches an internal server by one here.
  return der(0x82, Buffer.from(text, 'latin1'));
}

function publicInfo(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ type: 'spki', format: 'der' });
}

// RFC 5280, 4.2.1.2: SHA-1 of the key's bits, without their tag and length.
function keyId(key: KeyObject): Buffer {
  const info = publicInfo(key);
  const at = subjectBitsAt(info);
  return createHash('sha1').update(info.subarray(at)).digest();
}

function subjectBitsAt(info: Buffer): number {
  const [algorithmAt] = contentOf(info, 0);
  const [algorithmFrom, algorithmLength] = contentOf(info, algorithmAt);
  const [bitsFrom] = contentOf(info, algorithmFrom + algorithmLength);
  return bitsFrom + 1;
}

/** Where the content of the value at `at` begins, and its length. */
function contentOf(bytes: Buffer, at: number): [from: number, length: number] {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return [at + 2, first];
  const size = first & 0x7f;
  return [at + 2 + size, bytes.readUIntBE(at + 2, size)];
}
