import { randomInt } from 'node:crypto';

/** A login name of a shared account, with a number that the next trap hardly has. */
export function accountName(...bases: readonly string[]): string {
  return `${bases[randomInt(bases.length)]}${String(randomInt(10, 1000)).padStart(2, '0')}`;
}
