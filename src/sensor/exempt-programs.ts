import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { engineUser } from '../core/container-engines.js';
import type { Exemption } from '../core/exemption.js';
import type { Diagnostics } from '../core/ports/diagnostics.js';

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
 * Which files on this host are the programs of exemptions, now: a package upgrade puts others in
 * their place. One whose contents are not what a rule says is none of that rule.
 */
export class ExemptPrograms {
  readonly conditions: readonly ExemptCondition[];
  readonly #wanted: readonly Wanted[];
  readonly #diagnostics: Diagnostics;
  readonly #known = new Map<Wanted, Known>();
  readonly #warned = new Map<Wanted, string>();

  constructor(rules: readonly Exemption[], neverStopped: readonly string[], diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
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
    const { O_RDONLY, O_NOATIME, O_NONBLOCK } = constants;
    const descriptor = openSync(wanted.path, O_RDONLY | O_NOATIME | O_NONBLOCK);
    try {
      const facts = fstatSync(descriptor, { bigint: true });
      const state = stateOf(facts);
      if (this.#known.get(wanted)?.state === state) {
        closeSync(descriptor);
        return;
      }
      this.#drop(wanted, dropped);
      const reason = await objectionTo(wanted, facts, descriptor);
      if (reason !== undefined) {
        this.#warn(wanted, reason);
        closeSync(descriptor);
        return;
      }
      this.#warned.delete(wanted);
      const { path, conditions } = wanted;
      const program = { path, descriptor, device: facts.dev, inode: facts.ino, conditions };
      this.#known.set(wanted, { program, state });
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
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

async function objectionTo(
  { sha256 }: Wanted,
  facts: BigIntStats,
  descriptor: number,
): Promise<string | undefined> {
  if (!facts.isFile()) return 'it is no regular file';
  if (sha256 === undefined) return undefined;
  const hash = createHash('sha256');
  // Not from the descriptor itself: a stream would close it.
  for await (const part of createReadStream(`/proc/self/fd/${descriptor}`)) hash.update(part as Buffer);
  return hash.digest('hex') === sha256 ? undefined : 'its contents are not those of the rule (sha256)';
}

function stateOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
