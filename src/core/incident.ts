import { processKey } from './actor-key.js';
import type { IncidentFacts } from './audit-event.js';
import type { Touch } from './touch.js';

/** Accesses of different processes to one trap that one incident remembers; more are only counted. */
const rememberedAccesses = 1000;

/** All touches of one actor in one window of time. */
export class Incident {
  readonly id: string;
  readonly actorKey: string;
  readonly openedAtNs: bigint;
  #touches = 0;
  readonly #accesses = new Map<string, Set<string>>();

  constructor(id: string, actorKey: string, openedAtNs: bigint) {
    this.id = id;
    this.actorKey = actorKey;
    this.openedAtNs = openedAtNs;
  }

  /**
   * Counts a touch. True when it is worth its own record: the first of this process on this trap
   * with this operation. A reader of one byte at a time would otherwise fill the disk. The bound is
   * for each trap alone: no flood on one trap hides the first access to another.
   */
  add(touch: Touch): boolean {
    this.#touches += touch.count ?? 1;
    const ofTrap = this.#accesses.get(touch.trapId) ?? new Set<string>();
    this.#accesses.set(touch.trapId, ofTrap);
    const access = `${processKey(touch.actor.process)}|${touch.op}`;
    const known = ofTrap.has(access) || ofTrap.size >= rememberedAccesses;
    // The first of each operation is on record however many came before it.
    const first = !known || !ofTrap.has(touch.op);
    if (first) ofTrap.add(touch.op).add(access);
    return first;
  }

  facts(closedAtNs?: bigint): IncidentFacts {
    return {
      id: this.id,
      openedAtNs: this.openedAtNs,
      touches: this.#touches,
      traps: this.#accesses.size,
      ...(closedAtNs !== undefined && { closedAtNs }),
    };
  }
}
