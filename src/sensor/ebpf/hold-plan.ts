import type { ExemptCondition } from '../exempt-programs.js';

/** What is done to whoever touches a trap; `deny` is the fanotify sensor's, here as `observe`. */
export type HoldChoice = 'observe' | 'inspect' | 'freeze' | 'kill' | 'deny';
export type TamperChoice = 'observe' | 'freeze' | 'kill';

/** What the script does at an access: 0 nothing, 1 stops once, 2 stops each time, 3 kills. */
export interface HoldPlan {
  readonly reading: number;
  /** At an open for writing: the stronger of the two. */
  readonly writing: number;
  /** When a program is spared; only those that the kernel can compare. */
  readonly conditions: readonly ScriptCondition[];
}

interface ScriptCondition {
  /** As a decimal number: bpftrace knows no suffixes. */
  readonly bit: string;
  readonly uid: number | undefined;
  /** Parts of the unit's name, with its final zero, as the machine reads them from memory. */
  readonly words: readonly {
    readonly offset: number;
    readonly mask: string | undefined;
    readonly value: string;
  }[];
}

const levels: Readonly<Record<HoldChoice, number>> = { observe: 0, deny: 0, inspect: 1, freeze: 2, kill: 3 };

/** No more fit into the bits of one number; programs with others are not spared in the kernel. */
export const mostConditions = 60;

export const noHold: HoldPlan = { reading: 0, writing: 0, conditions: [] };

/** `unitsAreKnown` is false where processes have no cgroup of version 2 to be compared. */
export function planHold(
  containment: HoldChoice,
  onTamper: TamperChoice,
  conditions: readonly ExemptCondition[],
  unitsAreKnown: boolean,
): HoldPlan {
  const reading = levels[containment];
  return {
    reading,
    writing: Math.max(reading, levels[onTamper]),
    conditions: conditions.slice(0, mostConditions).map(({ uid, unit }, index) => ({
      bit: `${1n << BigInt(index)}`,
      uid,
      words: unit === undefined || !unitsAreKnown ? [] : wordsOf(unit),
    })),
  };
}

/** Whether the script sends signals at all: then bpftrace needs `--unsafe`. */
export function holds({ reading, writing }: HoldPlan): boolean {
  return reading > 0 || writing > 0;
}

/** More words take more of the BPF stack than there is: of longer names only the beginning is compared. */
const mostWords = 4;

/** Both architectures that the daemon runs on are little-endian. */
function wordsOf(unit: string): ScriptCondition['words'] {
  const bytes = Buffer.concat([Buffer.from(unit, 'latin1'), Buffer.alloc(1)]);
  return Array.from({ length: Math.min(mostWords, Math.ceil(bytes.length / 8)) }, (_, index) => {
    const part = bytes.subarray(index * 8, index * 8 + 8);
    const padded = Buffer.concat([part, Buffer.alloc(8 - part.length)]);
    return {
      offset: index * 8,
      mask: part.length === 8 ? undefined : `${(1n << BigInt(part.length * 8)) - 1n}`,
      value: `${padded.readBigUInt64LE()}`,
    };
  });
}
