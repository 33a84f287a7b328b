import { createHmac, type KeyObject, sign } from 'node:crypto';

/** A JSON Web Token that `secret` verifies (HS256). */
export function hmacToken(claims: object, secret: string | Uint8Array): string {
  const body = signedPart({ alg: 'HS256', typ: 'JWT' }, claims);
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** A JSON Web Token that the public half of the RSA key `key` verifies (RS256). */
export function rsaToken(claims: object, key: KeyObject, keyId: string): string {
  const body = signedPart({ alg: 'RS256', typ: 'JWT', kid: keyId }, claims);
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
}

function signedPart(...parts: object[]): string {
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
