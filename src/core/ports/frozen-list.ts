import type { ContainedProcess } from './containment.js';

/** A process that stays stopped until an operator says otherwise. */
export interface FrozenProcess extends ContainedProcess {
  /** Printable. */
  readonly name?: string;
  /** Time of the touch, ns since the epoch. */
  readonly atNs: bigint;
}

export const frozenOrders = ['release', 'kill'] as const;

/** What an operator wants done with the frozen processes of an incident. */
export interface FrozenOrder {
  readonly incidentId: string;
  readonly order: (typeof frozenOrders)[number];
}

/** The frozen processes of this boot, by incident, kept where a crash of the daemon does not reach. */
export interface FrozenList {
  /** What an earlier run froze; damaged entries are left out. Rejects when the list cannot be read. */
  load(): Promise<ReadonlyMap<string, readonly FrozenProcess[]>>;
  /** Replaces what is listed of an incident, durable when it resolves; none takes it off the list. */
  save(incidentId: string, processes: readonly FrozenProcess[]): Promise<void>;
  /** What operators ask for. Never rejects. */
  orders(): Promise<readonly FrozenOrder[]>;
  /** The order was carried out, or is about nobody. Never rejects. */
  answered(order: FrozenOrder): Promise<void>;
}
