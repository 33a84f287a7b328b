import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';

/** Rounds of PostgreSQL 15 (SCRAM_DEFAULT_ITERATIONS), for every user. */
export const rounds = 4096;

/** What a server keeps of a password (RFC 5802, section 3). */
export interface ScramKeys {
  readonly stored: Buffer;
  readonly server: Buffer;
}

/** PostgreSQL takes the bytes of a password as they are where SASLprep has nothing to change. */
export function scramKeys(password: string, salt: Uint8Array): ScramKeys {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, rounds, 32, 'sha256');
  return {
    stored: createHash('sha256').update(hmac(salted, 'Client Key')).digest(),
    server: hmac(salted, 'Server Key'),
  };
}

/** Whether a client's proof was made with the password of these keys. In constant time. */
export function provesPassword(keys: ScramKeys, proof: Uint8Array, authMessage: string): boolean {
  const signature = hmac(keys.stored, authMessage);
  const clientKey = signature.map((byte, index) => byte ^ (proof[index] ?? 0));
  return timingSafeEqual(createHash('sha256').update(clientKey).digest(), keys.stored);
}

/** What the server shows in return. */
export function serverSignature(keys: ScramKeys, authMessage: string): string {
  return hmac(keys.server, authMessage).toString('base64');
}

/** The salt of a user, the same each time, whether there is such a user or not. */
export function saltOf(secret: Uint8Array, user: string): Buffer {
  return createHmac('sha256', secret).update(user).digest().subarray(0, 16);
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
