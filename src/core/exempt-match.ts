import type { Exemption } from './exemption.js';

/** A file as the kernel names it, whatever path it has. */
export interface ProgramIdentity {
  /** `s_dev` of its file system: `MAJOR << 20 | MINOR`. */
  readonly device: bigint;
  readonly inode: bigint;
  /**
   * Device that stat(2) tells where it is another one. On such file systems (btrfs) several files of one
   * device have one inode number, each in a subvolume of its own.
   */
  readonly subvolume?: bigint | undefined;
}

/** A rule with the files that it means on this host. */
export interface ResolvedExemption {
  readonly rule: Exemption;
  /** Verified files of its executable: today's, and those that it had before. None while it rests. */
  readonly programs: readonly ProgramIdentity[];
  /** The same of its parents, in their order. */
  readonly parents: readonly (readonly ProgramIdentity[])[];
}

/** What can be asked of an actor. What is not known fulfils no rule. */
export interface ActorFacts {
  readonly program: ProgramIdentity | undefined;
  readonly uid: number | undefined;
  isInUnit(unit: string): boolean;
  /** The program of an ancestor; 0 is the parent. */
  ancestor(index: number): ProgramIdentity | undefined;
}

/** Whether everything that a rule asks for is so. What is cheap to know is asked first. */
export function fulfils({ rule, programs, parents }: ResolvedExemption, actor: ActorFacts): boolean {
  return (
    isOneOf(programs, actor.program) &&
    (rule.uid === undefined || rule.uid === actor.uid) &&
    (rule.unit === undefined || actor.isInUnit(rule.unit)) &&
    parents.length === (rule.parents ?? []).length &&
    parents.every((files, index) => isOneOf(files, actor.ancestor(index)))
  );
}

/** Whether a rule may be about this program, by the kernel's numbers alone. */
export function concerns({ programs }: ResolvedExemption, program: ProgramIdentity): boolean {
  return programs.some(({ device, inode }) => inode === program.inode && device === program.device);
}

function isOneOf(files: readonly ProgramIdentity[], seen: ProgramIdentity | undefined): boolean {
  return (
    seen !== undefined &&
    files.some(
      ({ device, inode, subvolume }) =>
        inode === seen.inode &&
        device === seen.device &&
        (subvolume === undefined || subvolume === seen.subvolume),
    )
  );
}
