import type { DecoyLogin, DecoyService } from '../core/decoy/decoy-service.js';

/** Where the decoy answers, as traps name it. */
export interface DecoyAddresses {
  /** Name or address. */
  readonly host: string;
  readonly ports: Readonly<Record<DecoyService, number>>;
}

/** A login that stands in one trap and nowhere else. */
export type TrapLogin = Omit<DecoyLogin, 'id'>;
