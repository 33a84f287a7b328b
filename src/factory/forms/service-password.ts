import { randomInt } from 'node:crypto';
import { alphabets, randomText } from '../secrets.js';

/** A password of a program: letters and digits alone, so that it needs no quotes in any file or URL; at least 95 bits. */
export function servicePassword(): string {
  return randomText(alphabets.alphanumeric, randomInt(16, 29));
}
