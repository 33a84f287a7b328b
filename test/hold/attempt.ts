const outcomes = ['ended', 'killed', 'stopped', 'refused', 'stuck', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** One attempt, as the attack itself and its judge saw it. Times are CLOCK_REALTIME in ns. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly pid: number;
  /** Before the open, after it, and with the first byte in hand. 0: it never came so far. */
  readonly begun: bigint;
  readonly opened: bigint;
  readonly used: bigint;
  /** A byte was in its memory, or out, when all of it stood still; else at its end. */
  readonly memory: boolean;
  readonly published: boolean;
  /** How often it was seen to stop. */
  readonly stops: number;
  /** It was let go before the judge could look. */
  readonly isLate: boolean;
}

const line =
  /^(?<outcome>[a-z]+) (?<pid>\d+) (?<begun>\d+) (?<opened>\d+) (?<used>\d+) \d+ (?<memory>[01]) (?<published>[01]) (?<stops>\d+) (?<look>in-time|late)$/;

/**
 * Reads a line of the attack program.
 * @throws Error when it is none
 */
export function parseAttempt(text: string): Attempt {
  const found = line.exec(text)?.groups;
  const outcome = outcomes.find((one) => one === found?.outcome);
  if (!found || !outcome) throw new Error(`not a line of the attack: ${JSON.stringify(text)}`);
  return {
    outcome,
    pid: Number(found.pid),
    begun: BigInt(found.begun as string),
    opened: BigInt(found.opened as string),
    used: BigInt(found.used as string),
    memory: found.memory === '1',
    published: found.published === '1',
    stops: Number(found.stops),
    isLate: found.look === 'late',
  };
}

/** Whether the program used a byte before anybody let it go on. */
export function usedEarly({ isLate, published, used, opened }: Attempt): boolean {
  // Let go before the judge looked: then the open returned at that moment, and tells when it was.
  return isLate ? used > 0n && (opened === 0n || used < opened) : published;
}

/** Whether a byte had come into the memory of the program before anybody let it go on. */
export function inMemoryEarly(attempt: Attempt): boolean {
  return attempt.isLate ? usedEarly(attempt) : attempt.memory;
}

/** How long the open took, stop included, in ms. Undefined of one that was never stopped and let go. */
export function heldMs({ stops, isLate, opened, begun, outcome }: Attempt): number | undefined {
  const wasHeld = (stops > 0 || isLate) && outcome === 'ended' && opened > 0n;
  return wasHeld ? Number(opened - begun) / 1e6 : undefined;
}
