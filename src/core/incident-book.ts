import { actorKey } from './actor-key.js';
import { Incident, type Novelty } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Touch } from './touch.js';

/**
 * So many incidents of one user are open at a time; further actors of that user share one. Whoever
 * starts a session for each touch would else have an incident, a sandbox and records for each.
 */
const mostOfOneUser = 32;

export interface IncidentBookOptions {
  readonly clock: Clock;
  /** An incident closes when nothing was seen of its actor for this long, in ms. */
  readonly idleMs: number;
  /** And at the latest so long after it was opened, in ms; what comes then is another incident's. */
  readonly limitMs: number;
  newId(atNs: bigint): string;
  closed(incident: Incident): void;
}

export interface Filed {
  readonly incident: Incident;
  /** The touch opened the incident. */
  readonly opened: boolean;
  /** Of one that deserves a record of its own, what is new. */
  readonly novelty: Novelty | undefined;
}

interface Entry {
  readonly incident: Incident;
  readonly user: string;
  readonly limitNs: bigint;
  dueNs: bigint;
  cancelClose: () => void;
}

/** Groups touches into incidents by actor and time. */
export class IncidentBook {
  readonly #options: IncidentBookOptions;
  readonly #open = new Map<string, Entry>();
  readonly #ofUser = new Map<string, number>();

  constructor(options: IncidentBookOptions) {
    this.#options = options;
  }

  file(touch: Touch): Filed {
    const user = String(touch.actor.process?.uid ?? 'unknown');
    const key = this.#keyOf(touch, user);
    const known = this.#open.get(key);
    const entry = known ?? this.#openFor(touch.atNs, key, user);
    this.#refresh(entry);
    return { incident: entry.incident, opened: known === undefined, novelty: entry.incident.add(touch) };
  }

  /**
   * Files a login to the decoy with what stands in a trap: with whoever touched that trap last, else with who
   * logged in from the same address, else as an incident of its own.
   */
  fileLogin({ trapId, ip, atNs }: { trapId: string; ip: string; atNs: bigint }): Omit<Filed, 'novelty'> {
    const toucher = [...this.#open.values()].findLast(({ incident }) => incident.trapIds.includes(trapId));
    const key = toucher?.incident.actorKey ?? this.#uncrowded(`visitor:${ip}`, 'visitors');
    const known = this.#open.get(key);
    const entry = known ?? this.#openFor(atNs, key, 'visitors');
    this.#refresh(entry);
    entry.incident.addLogin(trapId);
    return { incident: entry.incident, opened: known === undefined };
  }

  /** Something else was seen of its actor: it is not idle. */
  refresh(incident: Incident): void {
    const entry = this.#open.get(incident.actorKey);
    if (entry?.incident === incident) this.#refresh(entry);
  }

  isOpen(incident: Incident): boolean {
    return this.#open.get(incident.actorKey)?.incident === incident;
  }

  closeAll(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
  }

  #keyOf({ actor }: Touch, user: string): string {
    return this.#uncrowded(actorKey(actor), user);
  }

  #uncrowded(key: string, user: string): string {
    const crowded = !this.#open.has(key) && (this.#ofUser.get(user) ?? 0) >= mostOfOneUser;
    return crowded ? `crowd:${user}` : key;
  }

  #openFor(atNs: bigint, key: string, user: string): Entry {
    const { clock, limitMs, newId } = this.#options;
    const entry: Entry = {
      incident: new Incident(newId(atNs), key, atNs),
      user,
      limitNs: clock.nowNs() + BigInt(limitMs) * 1_000_000n,
      dueNs: 0n,
      cancelClose: () => {},
    };
    this.#open.set(key, entry);
    this.#ofUser.set(user, (this.#ofUser.get(user) ?? 0) + 1);
    this.#refresh(entry);
    this.#wait(entry);
    return entry;
  }

  #refresh(entry: Entry): void {
    const { clock, idleMs } = this.#options;
    const idleNs = clock.nowNs() + BigInt(idleMs) * 1_000_000n;
    entry.dueNs = idleNs < entry.limitNs ? idleNs : entry.limitNs;
  }

  /** One timer a time of idleness: a flood must not cost one for each event. */
  #wait(entry: Entry): void {
    const { clock } = this.#options;
    const leftMs = Math.ceil(Number(entry.dueNs - clock.nowNs()) / 1e6);
    if (leftMs <= 0) this.#close(entry.incident.actorKey);
    else entry.cancelClose = clock.after(leftMs, () => this.#wait(entry));
  }

  #close(key: string): void {
    const entry = this.#open.get(key);
    if (entry === undefined) return;
    entry.cancelClose();
    this.#open.delete(key);
    const left = (this.#ofUser.get(entry.user) ?? 1) - 1;
    if (left > 0) this.#ofUser.set(entry.user, left);
    else this.#ofUser.delete(entry.user);
    this.#options.closed(entry.incident);
  }
}
