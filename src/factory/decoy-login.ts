import { randomInt } from 'node:crypto';
import type { DecoyAddresses } from './decoy-addresses.js';

/** The address of the decoy's web pages, as a browser shows it. */
export function decoyUrl(decoy: DecoyAddresses): string {
  return `http://${decoy.host}${decoy.ports.http === 80 ? '' : `:${decoy.ports.http}`}/`;
}

/** A login name of a shared account, with a number that the next trap hardly has. */
export function accountName(...bases: readonly string[]): string {
  return `${bases[randomInt(bases.length)]}${String(randomInt(10, 1000)).padStart(2, '0')}`;
}
