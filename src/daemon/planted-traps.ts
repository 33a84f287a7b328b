import type { Diagnostics } from '../core/ports/diagnostics.js';
import { printableText } from '../core/printable.js';
import type { Trap } from '../core/trap.js';
import { RegistryFile } from '../factory/registry.js';

/**
 * The traps that an earlier run planted, by id, of which none is opened: its script may still stop whoever
 * does. None where the registry cannot be read, which is told.
 */
export async function plantedTraps(
  stateDir: string,
  diagnostics: Pick<Diagnostics, 'warn'>,
): Promise<ReadonlyMap<string, Trap>> {
  try {
    const { traps = [] } = (await new RegistryFile(stateDir).read()) ?? {};
    return new Map(
      traps.map(({ id, kind, path, sha256, size }) => [
        id,
        { id, kind, path: printableText(path), sha256, size },
      ]),
    );
  } catch (error) {
    diagnostics.warn(`traps of an earlier run are not known: ${(error as Error).message}`);
    return new Map();
  }
}
