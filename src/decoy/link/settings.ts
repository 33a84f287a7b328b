import { type DecoyLogin, type DecoyService, decoyServices } from '../../core/decoy/decoy-service.js';
import type { ServiceSettings } from '../services/service.js';

/** What the child is told at its start. */
export interface ChildSettings {
  readonly service: ServiceSettings;
  /** The listening sockets it has, by their descriptors. */
  readonly sockets: readonly { readonly descriptor: number; readonly service: DecoyService }[];
  /** Connections at once. */
  readonly mostVisits: number;
  /** Connections at once of one source address. */
  readonly mostOfOneSource: number;
  /** A connection that has shown no login by then ends, in ms. */
  readonly loginGraceMs: number;
}

export type LoginsByService = ReadonlyMap<DecoyService, readonly DecoyLogin[]>;

export function byService(logins: readonly DecoyLogin[]): LoginsByService {
  return new Map(decoyServices.map((name) => [name, logins.filter(({ service }) => service === name)]));
}

/** The child's end of the pipe. */
export const linkDescriptor = 3;
/** The first of its listening sockets; the others follow. */
export const firstSocketDescriptor = 4;
