/** Services that the decoy imitates, and that the credentials in traps lead to. */
export const decoyServices = ['ssh', 'http', 'postgres', 'redis'] as const;
export type DecoyService = (typeof decoyServices)[number];

/** A login that stands in one trap and nowhere else. */
export interface DecoyLogin {
  /** Known to the daemon alone; whoever speaks with the intruder learns nothing of traps from it. */
  readonly id: string;
  readonly service: DecoyService;
  readonly user: string;
  readonly password: string;
}

/** An address and port of TCP. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}
