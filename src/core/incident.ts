import type { ProcessFacts } from './actor.js';
import { processKey } from './actor-key.js';
import type { IncidentFacts } from './audit-event.js';
import type { TechniqueMatch } from './technique.js';
import type { Touch } from './touch.js';

/** Accesses of different processes to one trap that one incident remembers. */
const rememberedAccesses = 1000;

/** Processes of one incident that are described; of more only the touches are on record. */
const describedProcesses = 200;

/**
 * Processes of one incident of which evidence is taken. Each is a dozen synced files: in a flood of short
 * readers the disk would be busy with them, and everybody who is held waits for the record of the touch.
 */
const seizedProcesses = 24;

/** What is new about a touch: the trap, or only who touched it or how. */
export type Novelty = 'trap' | 'access';

/** All touches of one actor in one window of time. */
export class Incident {
  readonly id: string;
  readonly actorKey: string;
  readonly openedAtNs: bigint;
  #touches = 0;
  readonly #accesses = new Map<string, Set<string>>();
  readonly #described = new Set<string>();
  #seized = 0;
  readonly #techniques = new Map<string, TechniqueMatch>();
  #logins = 0;
  #trailEvents = 0;
  #trailOmitted = 0;

  constructor(id: string, actorKey: string, openedAtNs: bigint) {
    this.id = id;
    this.actorKey = actorKey;
    this.openedAtNs = openedAtNs;
  }

  /**
   * Counts a touch, or the many that it stands for. Says whether it is worth its own record: the first of
   * this trap, or of this process on this trap with this operation; undefined when it is neither. A reader of one byte at a time would otherwise
   * fill the disk. The memory is bounded for each trap alone: of a flood the oldest are forgotten, so
   * that what is new is always seen to be.
   */
  add(touch: Touch): Novelty | undefined {
    this.#touches += touch.count ?? 1;
    const ofTrap = this.#accesses.get(touch.trapId) ?? new Set<string>();
    this.#accesses.set(touch.trapId, ofTrap);
    const access = `${processKey(touch.actor.process)}|${touch.op}`;
    if (ofTrap.has(access)) return undefined;
    ofTrap.add(access);
    if (ofTrap.size > rememberedAccesses) ofTrap.delete(ofTrap.values().next().value as string);
    return ofTrap.size === 1 ? 'trap' : 'access';
  }

  /** Counts a login to the decoy with what stands in this trap. */
  addLogin(trapId: string): void {
    this.#logins += 1;
    if (!this.#accesses.has(trapId)) this.#accesses.set(trapId, new Set());
  }

  /** True once for each process that is worth describing; a flood of processes ends at a bound. */
  describes(process: ProcessFacts | undefined): boolean {
    if (process === undefined || this.#described.size >= describedProcesses) return false;
    const key = processKey(process);
    if (this.#described.has(key)) return false;
    this.#described.add(key);
    return true;
  }

  /** Counts an event of a followed process, with the techniques that it shows. */
  addTrail(techniques: readonly TechniqueMatch[]): void {
    this.#trailEvents += 1;
    for (const match of techniques)
      if (!this.#techniques.has(match.technique.id)) this.#techniques.set(match.technique.id, match);
  }

  /** So many events of followed processes have no record of their own. */
  omitTrail(count: number): void {
    this.#trailOmitted += count;
  }

  /** Techniques that were seen, each with the first rule that said so. */
  get techniques(): readonly TechniqueMatch[] {
    return [...this.#techniques.values()];
  }

  /** Traps that were touched or logged in with, by id. */
  get trapIds(): readonly string[] {
    return [...this.#accesses.keys()];
  }

  /** True as long as evidence of one more process is to be taken. */
  seizes(): boolean {
    this.#seized += 1;
    return this.#seized <= seizedProcesses;
  }

  facts(closedAtNs?: bigint): IncidentFacts {
    return {
      id: this.id,
      openedAtNs: this.openedAtNs,
      touches: this.#touches,
      traps: this.#accesses.size,
      ...(closedAtNs !== undefined && { closedAtNs }),
      ...(this.#logins > 0 && { logins: this.#logins }),
      ...(this.#trailEvents > 0 && { trailEvents: this.#trailEvents }),
      ...(this.#trailOmitted > 0 && { trailOmitted: this.#trailOmitted }),
    };
  }
}
