import type { Locale } from '../../src/factory/persona.js';
import type { TrapKind, TrapMaterial } from '../../src/factory/trap-kind.js';
import { trapContext } from '../support/trap-context.js';
import { unpack } from './unpack.js';

/** A trap of one persona. */
export interface Making {
  readonly material: TrapMaterial;
  /** The trap and what lies beside it, unpacked, in the order of the kind. */
  readonly files: readonly Buffer[];
}

/** One trap for each of 20 personas, all under the same path: whatever they share is of the kind. */
export async function twentyOf(kind: TrapKind, locale: Locale): Promise<Making[]> {
  const makings: Making[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    const material = await kind.make(trapContext(seed * 7919, locale));
    const files = [material.content, ...(material.companions ?? [])].map((file) => unpack(file));
    makings.push({ material, files });
  }
  return makings;
}
