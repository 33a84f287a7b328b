/** Services that the sandbox imitates, and that the credentials in traps lead to. */
export const decoyServices = ['ssh', 'http', 'postgres', 'redis'] as const;
export type DecoyService = (typeof decoyServices)[number];

/** Where the decoy answers, as traps name it. */
export interface DecoyAddresses {
  /** Name or address. */
  readonly host: string;
  readonly ports: Readonly<Record<DecoyService, number>>;
}

/** A login that stands in one trap and nowhere else. */
export interface TrapLogin {
  readonly service: DecoyService;
  readonly user: string;
  readonly password: string;
}
