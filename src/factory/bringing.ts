import type { Trap } from '../core/trap.js';
import type { DecoyAddresses } from './decoy-addresses.js';
import type { Group } from './draft.js';
import type { FolderPool } from './folder-pool.js';
import type { KeyPool } from './key-pool.js';
import type { Persona } from './persona.js';
import type { Registry, RegistryFile, TrapEntry } from './registry.js';
import type { SealedCopies } from './sealed-copies.js';
import type { Templates } from './templates.js';
import type { Neighbour } from './trap-kind.js';

/** What a planting needs to make traps and to remember them. */
export interface Bringing {
  readonly registryFile: RegistryFile;
  readonly sealed: SealedCopies;
  readonly templates: Templates;
  readonly decoy: DecoyAddresses;
  readonly keys: KeyPool;
  readonly now: Date;
  readonly watch?: PlantingWatch | undefined;
}

/** Whoever watches traps is told of a change before and after. */
export interface PlantingWatch {
  /** These lie in their places as they were planted; `coming` counts the files to come, and their folders. */
  found?(traps: readonly Trap[], coming: number): void;
  /**
   * The files are written and do not have their names yet; `nowAt` says where one lies until then, printable. `leaving`
   * are the traps that some of them take over from, which still are in their place.
   */
  placing(traps: readonly Trap[], nowAt: (trap: Trap) => string, leaving: readonly Trap[]): Promise<void>;
  /** These are gone. Until it resolves no other file has their inodes. */
  left(traps: readonly Trap[]): Promise<void>;
}

/** What a planting has done so far: as much as it takes to undo it. */
export interface Progress {
  registry: Registry;
  readonly persona: Persona;
  readonly folders: FolderPool;
  groups: readonly Group[];
  readonly published: TrapEntry[];
}

/** The traps that a file at this path may lead to. */
export type NearTraps = (path: string) => readonly Neighbour[];
