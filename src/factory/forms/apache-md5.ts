import { createHash } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.js';

/**
 * The hash `$apr1$` of Apache's htpasswd -m: a thousand rounds of MD5 (apr_md5.c). `salt` has 8
 * characters of crypt's alphabet.
 */
export function apacheMd5(password: string, salt: string): string {
  const typed = Buffer.from(password);
  const salted = Buffer.from(salt);
  let hash = md5(typed, Buffer.from('$apr1$'), salted, ...firstMixture(typed, salted));
  for (let round = 0; round < 1000; round += 1) {
    const parts = [round & 1 ? typed : hash];
    if (round % 3) parts.push(salted);
    if (round % 7) parts.push(typed);
    parts.push(round & 1 ? hash : typed);
    hash = md5(...parts);
  }
  return `$apr1$${salt}$${shuffled(hash)}`;
}

function firstMixture(password: Buffer, salt: Buffer): Buffer[] {
  const alternate = md5(password, salt, password);
  const parts: Buffer[] = [];
  for (let left = password.length; left > 0; left -= 16)
    parts.push(alternate.subarray(0, Math.min(16, left)));
  // An oddity of the original that all followers keep: a zero byte or the first of the password.
  for (let bits = password.length; bits > 0; bits >>= 1)
    parts.push(bits & 1 ? Buffer.from([0]) : password.subarray(0, 1));
  return parts;
}

function shuffled(hash: Buffer): string {
  const at = (index: number) => hash[index] ?? 0;
  let text = '';
  for (const [high, middle, low] of [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const)
    text += cryptBase64((at(high) << 16) | (at(middle) << 8) | at(low), 4);
  return text + cryptBase64(at(11), 2);
}

function md5(...parts: Buffer[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
