import type { Diagnostics } from '../core/ports/diagnostics.js';
import type { PlantResult } from '../factory/planter.js';
import type { PlantingWishes } from '../factory/trap-factory.js';
import type { Parts } from './compose.js';
import { isPlantingError, NoTraps } from './failure.js';

type Needed = Pick<Parts, 'factory' | 'record' | 'clock' | 'traps' | 'watched'>;

/**
 * Plants what is missing, replaces what is to be rotated, and puts it on record. `watched` are then the traps
 * that lie in their places.
 * @throws NoTraps
 */
export async function plantTraps(
  { factory, record, clock, traps, watched }: Needed,
  diagnostics: Pick<Diagnostics, 'warn'>,
  wishes: PlantingWishes = {},
): Promise<PlantResult> {
  const atNs = clock.nowNs();
  const result = await factory.plant(wishes).catch(async (error: unknown) => {
    if (!isPlantingError(error)) throw error;
    const reason = error.message;
    // Somebody may have taken the folder on purpose, to keep the daemon from starting.
    await record({
      action: 'planting-refused',
      atNs,
      message: `no trap could be planted: ${reason}`,
      outcome: 'failure',
      reason,
    });
    throw new NoTraps(`no trap could be planted: ${reason}`, { cause: error });
  });
  const { planted, kept, skipped, replaced } = result;
  for (const { path, reason } of skipped) {
    const message = `trap ${path} was left out: ${reason}`;
    diagnostics.warn(message);
    await record({ action: 'trap-skipped', atNs, message, outcome: 'failure', reason, path });
  }
  const before = new Map(replaced.map((trap) => [trap.path, trap]));
  for (const trap of planted) {
    const old = before.get(trap.path);
    await record(
      old === undefined
        ? { action: 'trap-planted', atNs, message: `trap ${trap.path} was planted`, trap }
        : { action: 'trap-rotated', atNs, message: `trap ${trap.path} took over from ${old.id}`, trap },
    );
  }
  const all = [...kept, ...planted];
  if (all.length === 0)
    throw new NoTraps(`no trap could be planted: ${skipped[0]?.reason ?? 'none is configured'}`);
  watched.clear();
  for (const trap of all) {
    traps.set(trap.id, trap);
    watched.set(trap.id, trap);
  }
  return result;
}
