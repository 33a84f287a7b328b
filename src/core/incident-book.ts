import { actorKey } from './actor-key.js';
import { Incident } from './incident.js';
import type { Clock } from './ports/clock.js';
import type { Touch } from './touch.js';

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
  readonly #open = new Map<string, { incident: Incident; cancelClose: () => void }>();

  constructor(options: IncidentBookOptions) {
    this.#options = options;
  }

  file(touch: Touch): Filed {
    const key = actorKey(touch.actor);
    const known = this.#open.get(key);
    const incident = known?.incident ?? new Incident(this.#options.newId(touch.atNs), key, touch.atNs);
    known?.cancelClose();
    const cancelClose = this.#options.clock.after(this.#options.idleMs, () => this.#close(key));
    this.#open.set(key, { incident, cancelClose });
    return { incident, opened: known === undefined, first: incident.add(touch) };
  }

  isOpen(incident: Incident): boolean {
    return this.#open.get(incident.actorKey)?.incident === incident;
  }

  closeAll(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
  }

  #close(key: string): void {
    const entry = this.#open.get(key);
    if (entry === undefined) return;
    entry.cancelClose();
    this.#open.delete(key);
    this.#options.closed(entry.incident);
  }
}
