import type { TrapTimes } from './ages.js';
import type { DecoyAddresses, TrapLogin } from './decoy-addresses.js';
import type { KeyPool } from './key-pool.js';
import type { Persona } from './persona.js';
import type { TrapSecret } from './secrets.js';
import type { Templates } from './templates.js';

/** Another trap of the same host, for files that lead to it. */
export interface Neighbour {
  /** Name of its kind. */
  readonly kind: string;
  /** Absolute path. */
  readonly path: string;
}

/** What a kind may use to make one trap. */
export interface TrapContext {
  readonly persona: Persona;
  /** The times the file will bear; dates in the content must agree with them. */
  readonly times: TrapTimes;
  readonly templates: Templates;
  /** Absolute path that the file will have. */
  readonly path: string;
  /** Where the credentials of this trap lead. */
  readonly decoy: DecoyAddresses;
  /** Other traps of this host, those to come included: all, or where there are many some; see `nearTraps`. */
  readonly neighbours: readonly Neighbour[];
  readonly keys: KeyPool;
}

/** The content of one trap and what is secret in it. */
export interface TrapMaterial {
  readonly content: Uint8Array;
  /** Unique to this making; each value stands literally in what a reader of the file sees. */
  readonly secrets: readonly TrapSecret[];
  /** What opens the decoy: a login with it tells that this trap leaked. Each password is one of the secrets. */
  readonly logins?: readonly TrapLogin[];
  /** Content of each companion, in the order of the kind's own list. */
  readonly companions?: readonly Uint8Array[];
}

/** A file that always lies beside the trap, such as the public half of a key; it is a trap itself. */
export interface Companion {
  /** Its name in the same folder, made from the name of the trap. */
  nameFor(trapName: string): string;
  /** Permission bits. */
  readonly mode: number;
}

/** A kind of trap: what it looks like and where it lies. */
export interface TrapKind {
  readonly name: string;
  /** What it is, in a few words, for a list. */
  readonly summary: string;
  /** Permission bits of the file. */
  readonly mode: number;
  readonly companions?: readonly Companion[];
  /**
   * Path below the traps folder, without `..`; the same persona and year always give the same path. The year is
   * the one that the story has for the age of the file: not today's, so that a trap is found again next year.
   */
  relativePath(persona: Persona, year: number): string;
  make(context: TrapContext): Promise<TrapMaterial>;
}

/** A mode that lets any local user find the trap readable. */
export const readableByAll = 0o644;
/** The mode without which OpenSSH refuses a private key: another would look wrong. */
export const readableByOwner = 0o600;
