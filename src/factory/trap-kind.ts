import type { TrapTimes } from './ages.js';
import type { Persona } from './persona.js';
import type { TrapSecret } from './secrets.js';
import type { Templates } from './templates.js';

/** What a kind may use to make one trap. */
export interface TrapContext {
  readonly persona: Persona;
  /** The times the file will bear; dates in the content must agree with them. */
  readonly times: TrapTimes;
  readonly templates: Templates;
}

/** The content of one trap and what is secret in it. */
export interface TrapMaterial {
  readonly content: Uint8Array;
  /** Unique to this making; each value stands literally in what a reader of the file sees. */
  readonly secrets: readonly TrapSecret[];
}

/** A kind of trap: what it looks like and where it lies. */
export interface TrapKind {
  readonly name: string;
  /** Permission bits of the file. */
  readonly mode: number;
  /** Path below the traps folder, without `..`; the same persona always gives the same path. */
  relativePath(persona: Persona): string;
  make(context: TrapContext): Promise<TrapMaterial>;
}

/** A mode that lets any local user find the trap readable. */
export const readableByAll = 0o644;
/** The mode without which OpenSSH refuses a private key: another would look wrong. */
export const readableByOwner = 0o600;
