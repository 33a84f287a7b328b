export interface EvidenceBounds {
  /** Most bytes that one incident occupies. */
  readonly incidentBytes: number;
  /** Most bytes that all of them occupy together. */
  readonly totalBytes: number;
}

/** From this size in bytes on a file is a large one. */
export const largeFrom = 256 * 1024;

/** Room in bytes that large files leave to small facts, of one incident and of all together. */
const mostReserved = { incident: 1024 * 1024, total: 16 * 1024 * 1024 };

/** What an incident's list of omitted files may occupy; always kept free for it. */
export const bytesForOmitted = 16 * 1024;

const blockBytes = 4096;

/** What a file of so many bytes takes of a disk: a million tiny ones fill it as well as a large one. */
export function occupied(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

export type Room =
  /** There is, once the evidence of these closed incidents is gone. */
  | { readonly fits: true; readonly remove: readonly string[] }
  | { readonly fits: false; readonly reason: string };

/** Who occupies how much, and who must give way to whom. Ids sort by the time of their incidents. */
export class EvidenceLedger {
  readonly #bounds: EvidenceBounds;
  readonly #bytes = new Map<string, number>();
  readonly #open = new Set<string>();
  #total = 0;

  constructor(bounds: EvidenceBounds) {
    this.#bounds = bounds;
  }

  /** Bytes of all incidents together, with the room that is kept for their lists. */
  get total(): number {
    return this.#total;
  }

  get incidents(): readonly string[] {
    return [...this.#bytes.keys()];
  }

  opened(incidentId: string): void {
    this.#open.add(incidentId);
  }

  closed(incidentId: string): void {
    this.#open.delete(incidentId);
  }

  /** Whether `bytes` more of an incident may be written; `large` ones leave the reserve untouched. */
  room(incidentId: string, bytes: number, large: boolean): Room {
    const reserve = (most: number, bound: number) => (large ? Math.min(most, Math.floor(bound / 4)) : 0);
    const { incidentBytes, totalBytes } = this.#bounds;
    const before = this.#bytes.get(incidentId);
    const more = bytes + (before === undefined ? bytesForOmitted : 0);
    if ((before ?? 0) + more > incidentBytes - reserve(mostReserved.incident, incidentBytes))
      return { fits: false, reason: 'bound of one incident' };
    const most = totalBytes - reserve(mostReserved.total, totalBytes);
    const remove: string[] = [];
    let total = this.#total + more;
    for (const id of total > most ? this.#removable(incidentId) : []) {
      if (total <= most) break;
      remove.push(id);
      total -= this.#bytes.get(id) ?? 0;
    }
    return total <= most ? { fits: true, remove } : { fits: false, reason: 'bound of all incidents' };
  }

  /** The incident occupies so many bytes now, its list of omitted files not counted. */
  set(incidentId: string, bytes: number): void {
    const now = bytes + bytesForOmitted;
    this.#total += now - (this.#bytes.get(incidentId) ?? 0);
    this.#bytes.set(incidentId, now);
  }

  /** What `set` was told last, 0 for an unknown incident. */
  bytesOf(incidentId: string): number {
    return (this.#bytes.get(incidentId) ?? bytesForOmitted) - bytesForOmitted;
  }

  removed(incidentId: string): void {
    this.#total -= this.#bytes.get(incidentId) ?? 0;
    this.#bytes.delete(incidentId);
  }

  /** The oldest first. */
  #removable(except: string): string[] {
    return [...this.#bytes.keys()].filter((id) => id !== except && !this.#open.has(id)).sort();
  }
}
