import { randomBytes } from 'node:crypto';
import { hashed } from './hash-workers.js';

/**
 * The bcrypt hash of a password, as crypt(3) has it. The schemes `2a`, `2b` and `2y` name one algorithm
 * (crypt_blowfish); programs differ in which they write. A cost of 10 takes tens of milliseconds.
 */
export async function bcryptHash(
  password: string,
  scheme: '2a' | '2b' | '2y',
  cost: number,
): Promise<string> {
  const hash = await hashed('bcrypt', {
    password,
    salt: randomBytes(16),
    costFactor: cost,
    outputType: 'encoded',
  });
  return `$${scheme}$${hash.slice(4)}`;
}
