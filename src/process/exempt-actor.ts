import type { Actor } from '../core/actor.js';
import type { ActorFacts, ProgramIdentity } from '../core/exempt-match.js';
import { trustedUnit } from '../core/exempt-unit.js';
import { printableText } from '../core/printable.js';
import { cgroupPath } from './cgroup-path.js';
import { programOf } from './exempt-file.js';
import type { UnitFolders } from './exempt-units.js';
import type { ProcReader } from './proc-reader.js';
import { identityOf } from './process-identity.js';
import { Sitter } from './sitter.js';

export interface ActorSources {
  readonly reader: ProcReader;
  readonly units: UnitFolders;
  /** Whether some rule is about a program of this inode number. */
  isWanted(inode: bigint): boolean;
}

/** The kernel's facts of an actor, and what /proc tells as long as the same process is there. */
export class ActorOnHost implements ActorFacts {
  readonly #actor: Actor;
  readonly #sources: ActorSources;
  #program: ProgramIdentity | undefined;

  constructor(actor: Actor, sources: ActorSources) {
    this.#actor = actor;
    this.#sources = sources;
    const { executableFile } = actor;
    // Where the kernel told no program it is whatever runs now.
    this.#program = executableFile === undefined ? this.#look() : this.#withSubvolume(executableFile);
  }

  get program(): ProgramIdentity | undefined {
    return this.#program;
  }

  get uid(): number | undefined {
    return this.#actor.process?.uid ?? this.#readUid();
  }

  isInUnit(unit: string): boolean {
    const { reader, units } = this.#sources;
    const { cgroupId } = this.#actor;
    if (cgroupId !== undefined && units.has(unit, cgroupId)) return true;
    const sitter = this.#sitter();
    const path = sitter && cgroupPath(reader.cgroups(sitter.seat) ?? '');
    return path !== undefined && sitter?.isSame() === true && trustedUnit(path) === printableText(unit);
  }

  ancestor(index: number): ProgramIdentity | undefined {
    const ancestor = this.#actor.ancestors[index];
    const identity = ancestor && identityOf(ancestor);
    return identity && this.#programOf(Sitter.meet(this.#sources.reader, identity));
  }

  #look(): ProgramIdentity | undefined {
    return this.#programOf(this.#sitter());
  }

  #programOf(sitter: Sitter | undefined): ProgramIdentity | undefined {
    const { reader, isWanted } = this.#sources;
    if (sitter === undefined) return undefined;
    const program = programOf(reader, sitter.seat, isWanted);
    return sitter.runsSame() ? program : undefined;
  }

  #readUid(): number | undefined {
    const sitter = this.#sitter();
    const credentials = sitter && this.#sources.reader.credentials(sitter.seat);
    return sitter?.isSame() === true ? credentials?.uid : undefined;
  }

  #sitter(): Sitter | undefined {
    const { process, threadId } = this.#actor;
    const identity = process && identityOf(process);
    return identity && Sitter.meet(this.#sources.reader, identity, threadId);
  }

  /** The kernel's numbers are the file's own, but on a file system with subvolumes. */
  #withSubvolume(known: ProgramIdentity): ProgramIdentity {
    if (!this.#sources.isWanted(known.inode)) return known;
    const found = this.#look();
    const isSame = found?.device === known.device && found.inode === known.inode;
    return isSame && found.subvolume !== undefined ? { ...known, subvolume: found.subvolume } : known;
  }
}
