import type { DecoyService, Endpoint } from './decoy-service.js';

/** One connection to the decoy. */
export interface Visit {
  /** Unique in one run of the daemon. */
  readonly id: number;
  readonly service: DecoyService;
  readonly remote: Endpoint;
  /** Where it was answered. */
  readonly local: Endpoint;
  /** When it came, ns since the epoch. */
  readonly atNs: bigint;
}

/** What a visitor tried that opens nothing. Strings are printable and at most 256 characters. */
export interface RefusedLogin {
  readonly user: string;
  /** Such as `password`, `publickey`, `scram-sha-256`. */
  readonly method: string;
}

export const visitActKinds = ['command', 'query', 'request', 'forward', 'upload', 'violation'] as const;

/**
 * `command`: of a shell or of Redis. `query`: SQL. `request`: HTTP. `forward`: a way through asked for.
 * `upload`: a file that came by the protocol itself. `violation`: bytes that are none of the protocol, a limit
 * that was reached.
 */
export type VisitActKind = (typeof visitActKinds)[number];

/** What a visitor did. */
export interface VisitAct {
  readonly kind: VisitActKind;
  /** Printable, at most 4096 characters; longer ones are cut, and `cut` says so. */
  readonly text: string;
  readonly cut?: boolean;
}

/** How a visit went, told at its end. */
export interface VisitSum {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
}
