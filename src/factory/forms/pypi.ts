import { randomBytes, randomUUID } from 'node:crypto';

// Field numbers of the binary macaroon format, version 2 (libmacaroons, doc/format.txt).
const location = 1;
const identifier = 2;
const signature = 6;
const end = 0;

/**
 * An API token of PyPI: a macaroon of pypi.org that is bound to one user, as the caveat
 * `RequestUser` of warehouse says it.
 */
export function pypiToken(): string {
  const macaroon = Buffer.concat([
    Buffer.from([2]),
    field(location, Buffer.from('pypi.org')),
    field(identifier, Buffer.from(randomUUID())),
    Buffer.from([end]),
    field(identifier, Buffer.from(`[3,"${randomUUID()}"]`)),
    Buffer.from([end, end]),
    // An HMAC of all before it, with a key that only the issuer has.
    field(signature, randomBytes(32)),
  ]);
  return `pypi-${macaroon.toString('base64url')}`;
}

function field(type: number, data: Buffer): Buffer {
  // Lengths below 128 take one byte.
  return Buffer.concat([Buffer.from([type, data.length]), data]);
}
