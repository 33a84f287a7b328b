import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
} from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { engineUser } from '../core/container-engines.js';
import type { Exemption } from '../core/exemption.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { complaintAbout } from '../core/root-only-path.js';
import { ProcFiles } from './marks/proc-files.js';
import { onlyPath, type ProgramKey, programKey } from './marks/running-program.js';

/** Under which a program is spared, beside being that program. Both absent: always. */
export interface ExemptCondition {
  readonly uid: number | undefined;
  readonly unit: string | undefined;
}

/** An executable file that is spared under at least one of some conditions. */
export interface ExemptProgram {
  readonly path: string;
  /** Held open: as long as it is, its inode number means no other file. */
  readonly descriptor: number;
  readonly device: bigint;
  readonly inode: bigint;
  /** Indices into `conditions`. */
  readonly conditions: readonly number[];
}

interface Wanted {
  readonly path: string;
  readonly conditions: readonly number[];
  readonly sha256: string | undefined;
}

interface Known {
  readonly program: ExemptProgram;
  /** What must not change, or its contents are compared anew. */
  readonly state: string;
}

/**
 * Who else than root decides what lies at a path; undefined for nobody. Rejects with the system's
 * error.
 */
export type PathJudge = (path: string) => Promise<string | undefined>;

const judgePath: PathJudge = (path) => complaintAbout(path, { lstat, readlink });

/**
 * Which files on this host are the programs of exemptions, now: a package upgrade puts others in
 * their place. One that somebody else than root decides about is none, as the rules refuse it too;
 * one whose contents are not what a rule says is none of that rule.
 */
export class ExemptPrograms {
  readonly conditions: readonly ExemptCondition[];
  readonly #wanted: readonly Wanted[];
  readonly #diagnostics: Diagnostics;
  readonly #judge: PathJudge;
  readonly #proc = new ProcFiles();
  readonly #known = new Map<Wanted, Known>();
  readonly #warned = new Map<Wanted, string>();

  constructor(
    rules: readonly Exemption[],
    neverStopped: readonly string[],
    diagnostics: Diagnostics,
    judge = judgePath,
  ) {
    this.#diagnostics = diagnostics;
    this.#judge = judge;
    const conditions: ExemptCondition[] = [];
    const indexOf = ({ uid, unit }: ExemptCondition) => {
      const index = conditions.findIndex((one) => one.uid === uid && one.unit === unit);
      return index >= 0 ? index : conditions.push({ uid, unit }) - 1;
    };
    const wanted = new Map<string, { path: string; sha256: string | undefined; conditions: Set<number> }>();
    for (const { executable: path, sha256, uid, unit } of [
      ...neverStopped.map((executable) => ({ executable, uid: engineUser }) as Exemption),
      ...rules,
    ]) {
      const key = `${path} ${sha256}`;
      const one = wanted.get(key) ?? { path, sha256, conditions: new Set() };
      wanted.set(key, one);
      one.conditions.add(indexOf({ uid, unit }));
    }
    this.conditions = conditions;
    this.#wanted = [...wanted.values()].map((one) => ({ ...one, conditions: [...one.conditions] }));
  }

  /** What is spared; the conditions of a file that several rules name are joined. */
  get programs(): readonly ExemptProgram[] {
    const joined = new Map<string, ExemptProgram>();
    for (const { program } of this.#known.values()) {
      const key = `${program.device}:${program.inode}`;
      const conditions = new Set([...(joined.get(key)?.conditions ?? []), ...program.conditions]);
      joined.set(key, { ...program, conditions: [...conditions] });
    }
    return [...joined.values()];
  }

  /**
   * Looks which files are there now. `dropped` hears of each that is no longer spared, while it is
   * still open. Never rejects.
   */
  async refresh(dropped: (program: ExemptProgram) => void = () => {}): Promise<void> {
    for (const wanted of this.#wanted) {
      try {
        await this.#look(wanted, dropped);
      } catch (error) {
        this.#drop(wanted, dropped);
        const { code = 'unknown error' } = error as NodeJS.ErrnoException;
        if (code !== 'ENOENT') this.#warn(wanted, `it cannot be read (${code})`);
      }
    }
  }

  close(): void {
    for (const { program } of this.#known.values()) closeSync(program.descriptor);
    this.#known.clear();
  }

  async #look(wanted: Wanted, dropped: (program: ExemptProgram) => void): Promise<void> {
    // Of one that is not there nothing is told, whoever may write the folder.
    lstatSync(wanted.path);
    const complaint = await this.#judge(wanted.path);
    if (complaint !== undefined) return this.#refuse(wanted, dropped, complaint);
    const opened = openProgram(wanted.path, this.#proc);
    if (typeof opened === 'string') return this.#refuse(wanted, dropped, opened);
    const { descriptor, key } = opened;
    try {
      const facts = fstatSync(descriptor, { bigint: true });
      const state = stateOf(facts);
      if (this.#known.get(wanted)?.state === state) {
        closeSync(descriptor);
        return;
      }
      this.#drop(wanted, dropped);
      const reason = await objectionTo(wanted, descriptor);
      if (reason !== undefined) {
        this.#warn(wanted, reason);
        closeSync(descriptor);
        return;
      }
      this.#warned.delete(wanted);
      const { path, conditions } = wanted;
      this.#known.set(wanted, { program: { path, descriptor, ...key, conditions }, state });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  #refuse(wanted: Wanted, dropped: (program: ExemptProgram) => void, reason: string): void {
    this.#drop(wanted, dropped);
    this.#warn(wanted, reason);
  }

  #drop(wanted: Wanted, dropped: (program: ExemptProgram) => void): void {
    const known = this.#known.get(wanted);
    if (known === undefined) return;
    this.#known.delete(wanted);
    dropped(known.program);
    closeSync(known.program.descriptor);
  }

  #warn(wanted: Wanted, reason: string): void {
    if (this.#warned.get(wanted) === reason) return;
    this.#warned.set(wanted, reason);
    this.#diagnostics.warn(`exempt program ${wanted.path} is not spared: ${reason}`);
  }
}

/** Open for reading, or why it is no program. Nothing is asked of a file system that may not answer. */
function openProgram(path: string, proc: ProcFiles): { descriptor: number; key: ProgramKey } | string {
  const place = openSync(path, onlyPath);
  try {
    const key = programKey(place, proc);
    if (key === undefined) return 'whoever serves its file system decides what it is';
    if (!fstatSync(place).isFile()) return 'it is no regular file';
    const { O_RDONLY, O_NOATIME, O_NONBLOCK } = constants;
    return { descriptor: openSync(`/proc/self/fd/${place}`, O_RDONLY | O_NOATIME | O_NONBLOCK), key };
  } finally {
    closeSync(place);
  }
}

async function objectionTo({ sha256 }: Wanted, descriptor: number): Promise<string | undefined> {
  if (sha256 === undefined) return undefined;
  const hash = createHash('sha256');
  // Not from the descriptor itself: a stream would close it.
  for await (const part of createReadStream(`/proc/self/fd/${descriptor}`)) hash.update(part as Buffer);
  return hash.digest('hex') === sha256 ? undefined : 'its contents are not those of the rule (sha256)';
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
