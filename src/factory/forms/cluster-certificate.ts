import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { KeyPair } from '../key-pool.js';
import {
  bits,
  der,
  integer,
  octets,
  oid,
  pem,
  printable,
  sequence,
  setOf,
  time,
  truth,
  utf8,
} from './der.js';

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const names = { CN: '2.5.4.3', O: '2.5.4.10' } as const;

/** A name such as `{ O: 'system:masters', CN: 'admin' }`, in this order. */
export type DistinguishedName = Partial<Record<keyof typeof names, string>>;

export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly subjectKey: KeyObject;
  /** On the curve P-256. */
  readonly issuerKeys: KeyPair;
  readonly from: Date;
  readonly to: Date;
  readonly authority: boolean;
}

/**
 * A certificate of a cluster's own authority or of one of its clients, as k3s issues them (rancher/dynamiclistener,
 * cert/cert.go); PEM.
 */
export function clusterCertificate(request: CertificateRequest): string {
  const { subject, issuer, subjectKey, issuerKeys, from, to, authority } = request;
  const subjectInfo = subjectKey.export({ type: 'spki', format: 'der' });
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(authority ? Buffer.of(0) : clientSerial()),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(from), time(to)),
    nameOf(subject),
    subjectInfo,
    der(0xa3, sequence(...extensions(subjectInfo, issuerKeys, authority))),
  );
  const proof = sign('sha256', body, issuerKeys.privateKey);
  return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, bits(proof)));
}

// Below math.MaxInt64; NewSelfSignedCACert numbers every authority 0.
function clientSerial(): Buffer {
  const serial = randomBytes(8);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  return serial;
}

// What crypto/x509 of Go adds by itself, in its order: an authority gets an identifier of its key, and what it
// signs names that.
function extensions(subjectInfo: Buffer, issuerKeys: KeyPair, authority: boolean): Buffer[] {
  const critical = (id: string, value: Buffer) => sequence(oid(id), truth, octets(value));
  const plain = (id: string, value: Buffer) => sequence(oid(id), octets(value));
  if (authority)
    return [
      // digitalSignature, keyEncipherment, keyCertSign.
      critical('2.5.29.15', bits(Buffer.from([0xa4]), 2)),
      critical('2.5.29.19', sequence(truth)),
      plain('2.5.29.14', octets(keyIdentifier(subjectInfo))),
    ];
  const issuerInfo = issuerKeys.publicKey.export({ type: 'spki', format: 'der' });
  return [
    critical('2.5.29.15', bits(Buffer.from([0xa0]), 5)),
    plain('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'))),
    plain('2.5.29.35', sequence(der(0x80, keyIdentifier(issuerInfo)))),
  ];
}

// RFC 5280, 4.2.1.2 (1): the SHA-1 of the key's bits, which end the structure: 65 bytes on P-256.
function keyIdentifier(info: Buffer): Buffer {
  return createHash('sha1').update(info.subarray(-65)).digest();
}

function nameOf(name: DistinguishedName): Buffer {
  const parts = Object.entries(name) as [keyof typeof names, string][];
  // Go writes a PrintableString wherever its letters are enough (encoding/asn1, isPrintable).
  const text = (value: string) => (/^[A-Za-z\d '()+,\-./:=?]*$/.test(value) ? printable : utf8)(value);
  return sequence(...parts.map(([key, value]) => setOf(sequence(oid(names[key]), text(value)))));
}
