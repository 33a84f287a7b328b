import type { Actor } from './actor.js';

export const touchOps = [
  'open',
  'read',
  'mmap',
  'copy',
  'write',
  'rename',
  'unlink',
  'link',
  'chmod',
  'exec',
  'list',
  'denied',
] as const;

export type TouchOp = (typeof touchOps)[number];

/** One access to a trap, as a sensor saw it. */
export interface Touch {
  readonly trapId: string;
  readonly op: TouchOp;
  /** Time of the access in ns since the Unix epoch. */
  readonly atNs: bigint;
  readonly actor: Actor;
  /** How many accesses this stands for; 1 when absent. A flood is counted in the kernel. */
  readonly count?: number;
  /** Where a copied, linked or renamed trap went, printable, as far as it is known. */
  readonly destination?: string;
  /** What the kernel did to the process at this access, before it could use a byte. */
  readonly held?: 'stopped' | 'killed';
  /** The trap was changed, or opened so that it can be: not what a reader does. */
  readonly tampers?: boolean;
}
