import { processKey } from './actor-key.js';
import type { IncidentFacts } from './audit-event.js';
import type { Touch } from './touch.js';

/** Distinct accesses that one incident remembers; what comes after is only counted. */
const rememberedAccesses = 10_000;

/** All touches of one actor in one window of time. */
export class Incident {
  readonly id: string;
  readonly actorKey: string;
  readonly openedAtNs: bigint;
  #touches = 0;
  readonly #accesses = new Set<string>();
  readonly #traps = new Set<string>();

  constructor(id: string, actorKey: string, openedAtNs: bigint) {
    this.id = id;
    this.actorKey = actorKey;
    this.openedAtNs = openedAtNs;
  }

  /**
   * Counts a touch. True when it is worth its own record: the first of this process on this trap
   * with this operation. A reader of one byte at a time would otherwise fill the disk.
   */
  add(touch: Touch): boolean {
    this.#touches += 1;
    const access = `${processKey(touch.actor.process)}|${touch.trapId}|${touch.op}`;
    if (this.#accesses.has(access) || this.#accesses.size >= rememberedAccesses) return false;
    this.#accesses.add(access);
    this.#traps.add(touch.trapId);
    return true;
  }

  facts(closedAtNs?: bigint): IncidentFacts {
    return {
      id: this.id,
      openedAtNs: this.openedAtNs,
      touches: this.#touches,
      traps: this.#traps.size,
      ...(closedAtNs !== undefined && { closedAtNs }),
    };
  }
}
