import type { Persona } from './persona.js';
import { alphabets } from './secrets.js';
import { storyteller } from './storyteller.js';

/**
 * What opens the store of the nightly backup. A store has one, and keeps it: every file of a host names the same,
 * through every rotation. So it tells no trap from another, and is none of their secrets; it opens nothing of ours.
 */
export function backupPassphraseOf({ seed }: Pick<Persona, 'seed'>): string {
  return storyteller(seed, 'backup passphrase').string.fromCharacters(alphabets.typed, 24);
}
