import type { Exemption } from './exemption.js';

/** One process that touched traps, as the audit log tells it. Strings are printable. */
export interface SeenReader {
  readonly executable: string;
  /** The path is the process's own word (`argv[0]`): it ended before it was looked at. */
  readonly isClaimed?: boolean;
  /** `DEVICE:INODE` of the program, as the kernel named it. */
  readonly file?: string;
  readonly uid?: number;
  /** Name of a unit, where the log has one. */
  readonly unit?: string;
  /** Programs of its ancestors as far as they are known without a gap, parent first. */
  readonly parents: readonly string[];
  readonly touches: number;
  /** Texts of ISO 8601 in UTC, which sort as they are. */
  readonly first: string;
  readonly last: string;
  /** Paths of traps. */
  readonly traps: ReadonlySet<string>;
}

/** Readers that one rule would be about. */
export interface ReaderGroup extends Omit<SeenReader, 'file'> {
  readonly files: ReadonlySet<string>;
  readonly processes: number;
}

const mostGroups = 1000;
const mostTraps = 1000;
const mostFiles = 16;

/** Sums readers up by program, user, unit and parents. Bounded, whatever the log holds. */
export class ReaderGroups {
  readonly #groups = new Map<string, ReaderGroup & { traps: Set<string>; files: Set<string> }>();
  /** Processes that belong to groups beyond the bound. */
  omitted = 0;

  add(reader: SeenReader): void {
    const { executable, uid, unit, parents, isClaimed = false } = reader;
    const key = JSON.stringify([executable, uid, unit, parents, isClaimed]);
    const group = this.#groups.get(key);
    if (group === undefined && this.#groups.size >= mostGroups) {
      this.omitted += 1;
      return;
    }
    const traps = group?.traps ?? new Set();
    for (const trap of reader.traps) if (traps.size < mostTraps) traps.add(trap);
    const files = group?.files ?? new Set();
    if (reader.file !== undefined && files.size < mostFiles) files.add(reader.file);
    const { file: _, ...facts } = reader;
    this.#groups.set(key, {
      ...facts,
      touches: reader.touches + (group?.touches ?? 0),
      processes: 1 + (group?.processes ?? 0),
      first: group === undefined || reader.first < group.first ? reader.first : group.first,
      last: group === undefined || reader.last > group.last ? reader.last : group.last,
      traps,
      files,
    });
  }

  /** Who touched most comes first. */
  inOrder(): readonly ReaderGroup[] {
    return [...this.#groups.values()].sort(
      (one, other) => other.touches - one.touches || (one.executable < other.executable ? -1 : 1),
    );
  }
}

const versioned = String.raw`(?:[-.]?\d[\d.]*)?(?:[-.]\w+)?`;
const interpreters = new RegExp(
  `^(?:(?:ba|da|z|k|mk|a|c|tc|r|pd)?sh|fish|busybox|env|xargs|sudo|su|python|pypy|perl|ruby|node|nodejs|php|lua|tclsh|[gmn]?awk|java|ld-linux|ld|gdb)${versioned}$`,
);
const everybodysTools =
  /^(?:cat|tac|cp|mv|dd|head|tail|less|more|most|[ef]?grep|rg|find|fdfind|tar|gzip|zip|zcat|xxd|od|hexdump|strings|base64|sort|cut|sed|diff|file|nano|ed|vi|vim(?:\.\w+)?|curl|wget|nc|ncat|scp|sftp-server|rsync|tee|split|coreutils)$/;

/** Why a program makes no rule of its own; undefined where it may. */
export function objection(executable: string, unit: string | undefined): string | undefined {
  if (unit !== undefined) return undefined;
  const name = executable.slice(executable.lastIndexOf('/') + 1);
  if (interpreters.test(name)) return `${name} runs whatever it is given: run it from a unit of its own`;
  if (everybodysTools.test(name))
    return `${name} is what an intruder uses as well: run it from a unit of its own`;
  return undefined;
}

/** The rule for a group; its paths must be what a configuration takes. */
export function suggestedRule(group: ReaderGroup, executable: string, taken: Set<string>): Exemption {
  const { uid, unit, parents } = group;
  return {
    name: freeName(executable, unit, uid, taken),
    executable,
    ...(uid !== undefined && { uid }),
    ...(unit !== undefined && { unit }),
    // A unit says who started it; where there is none the parents do.
    ...(unit === undefined && parents.length > 0 && { parents }),
  };
}

function freeName(
  executable: string,
  unit: string | undefined,
  uid: number | undefined,
  taken: Set<string>,
): string {
  const program = executable.slice(executable.lastIndexOf('/') + 1).replace(/[^A-Za-z0-9_.-]+/g, '-');
  const place =
    unit === undefined
      ? uid === undefined
        ? ''
        : ` of uid ${uid}`
      : ` in ${unit.replace(/[^A-Za-z0-9_.-]+/g, '-')}`;
  const base = `${program.slice(0, 30)}${place.slice(0, 40)}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
