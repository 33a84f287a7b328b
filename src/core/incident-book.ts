import { actorKey } from './actor-key.js';
import { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Touch } from './touch.js';

/**
 * So many incidents of one user are open at a time; further actors of that user share one. Whoever
 * starts a session for each touch would else have an incident, a sandbox and records for each.
 */
const mostOfOneUser = 32;

export interface IncidentBookOptions {
  readonly clock: Clock;
  /** An incident closes when its actor touched nothing for this long, in ms. */
  readonly idleMs: number;
  newId(atNs: bigint): string;
  closed(incident: Incident): void;
}

export interface Filed {
  readonly incident: Incident;
  /** The touch opened the incident. */
  readonly opened: boolean;
  /** The touch deserves a record of its own. */
  readonly first: boolean;
}

/** Groups touches into incidents by actor and time. */
export class IncidentBook {
  readonly #options: IncidentBookOptions;
  readonly #open = new Map<string, { incident: Incident; cancelClose: () => void; user: string }>();
  readonly #ofUser = new Map<string, number>();

  constructor(options: IncidentBookOptions) {
    this.#options = options;
  }

  file(touch: Touch): Filed {
    const user = String(touch.actor.process?.uid ?? 'unknown');
    const key = this.#keyOf(touch, user);
    const known = this.#open.get(key);
    const incident = known?.incident ?? new Incident(this.#options.newId(touch.atNs), key, touch.atNs);
    known?.cancelClose();
    const cancelClose = this.#options.clock.after(this.#options.idleMs, () => this.#close(key));
    this.#open.set(key, { incident, cancelClose, user: known?.user ?? user });
    if (known === undefined) this.#ofUser.set(user, (this.#ofUser.get(user) ?? 0) + 1);
    return { incident, opened: known === undefined, first: incident.add(touch) };
  }

  isOpen(incident: Incident): boolean {
    return this.#open.get(incident.actorKey)?.incident === incident;
  }

  closeAll(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
  }

  #keyOf({ actor }: Touch, user: string): string {
    const key = actorKey(actor);
    const crowded = !this.#open.has(key) && (this.#ofUser.get(user) ?? 0) >= mostOfOneUser;
    return crowded ? `crowd:${user}` : key;
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
