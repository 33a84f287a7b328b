import { createHash } from 'node:crypto';
import type { Clock } from '../core/ports/clock.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the schedule knows of a trap. */
export interface Aging {
  readonly id: string;
  /** ISO 8601. */
  readonly plantedAt: string;
  /** The trap that it is a companion of; both go together. */
  readonly beside?: string | undefined;
}

export interface RotationScheduleOptions {
  /** Mean age at which a trap is replaced; 0: never. */
  readonly days: number;
  readonly clock: Clock;
  readonly entries: () => Promise<readonly Aging[]>;
  readonly rotate: (trapIds: readonly string[]) => Promise<void>;
  readonly failed: (reason: string) => void;
}

/** Looks every hour for traps that have lain long enough. */
export class RotationSchedule {
  readonly #options: RotationScheduleOptions;
  #cancel: (() => void) | undefined;

  constructor(options: RotationScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.days > 0) this.#wait();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    this.#cancel = this.#options.clock.after(hourMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { days, clock, entries, rotate, failed } = this.#options;
    try {
      const due = dueTraps(await entries(), days, Number(clock.nowNs() / 1_000_000n));
      if (due.length > 0) await rotate(due);
    } catch (error) {
      failed((error as Error).message);
    }
    if (this.#cancel !== undefined) this.#wait();
  }
}

/**
 * Ids of the traps that are due at a time in ms since the epoch. Each has its own age, from three quarters
 * of the days to five quarters: files that all change at one time would belong together.
 */
export function dueTraps(entries: readonly Aging[], days: number, nowMs: number): string[] {
  return entries
    .filter(({ id, plantedAt, beside }) => {
      const drawn =
        createHash('sha256')
          .update(beside ?? id)
          .digest()
          .readUInt32LE(0) /
        2 ** 32;
      return Date.parse(plantedAt) + days * (0.75 + drawn / 2) * dayMs <= nowMs;
    })
    .map(({ id }) => id);
}
