import { randomInt } from 'node:crypto';

const dayMs = 86_400_000;
const opensAtHour = 8;
const closesAtHour = 19;

/** How old traps look: days before now. */
export interface AgeDays {
  readonly youngest: number;
  readonly oldest: number;
}

/** The times a trap bears on disk. */
export interface TrapTimes {
  readonly modifiedAt: Date;
  /** Between `modifiedAt` and now. */
  readonly accessedAt: Date;
}

/**
 * Draws the times of one trap. The last change falls into the host's local working hours (Monday
 * to Friday, 8 to 19) of the window; anywhere in the window when it has no working hour.
 */
export function drawTimes(age: AgeDays, now: Date): TrapTimes {
  const from = now.getTime() - age.oldest * dayMs;
  const to = now.getTime() - age.youngest * dayMs;
  const shifts = workingShifts(from, to);
  const [start, end] = shifts[shifts.length > 0 ? randomInt(shifts.length) : -1] ?? [from, to];
  const modified = between(start, end);
  return { modifiedAt: new Date(modified), accessedAt: new Date(between(modified, now.getTime())) };
}

/**
 * The part of a window in which a file with this name was last changed. One that names a year was made from the
 * November before it to its end; where that lies outside of the window, somebody came back to it.
 */
export function agesOf(name: string, age: AgeDays, now: Date): AgeDays {
  const year = Number(name.match(/(?<!\d)20\d\d(?!\d)/)?.[0]);
  if (!year) return age;
  const daysAgo = (date: Date) => (now.getTime() - date.getTime()) / dayMs;
  const youngest = Math.max(age.youngest, daysAgo(new Date(year, 11, 31)));
  const oldest = Math.min(age.oldest, daysAgo(new Date(year - 1, 10, 1)));
  return youngest < oldest ? { youngest, oldest } : age;
}

/** The day `days` before `date` in local time, as `2024-03-18`. */
export function dayBefore(date: Date, days: number): string {
  const day = new Date(date);
  day.setDate(day.getDate() - days);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/**
 * A time as it stands on disk, in ns since the epoch. Below the millisecond it is drawn: a time that is
 * whole looks set by hand, and could be rounded down into the second before, which documents would deny.
 */
export function diskTime(date: Date): bigint {
  return BigInt(date.getTime()) * 1_000_000n + BigInt(randomInt(100_000, 900_000));
}

/** The same without a fraction of a second. */
export function wholeSecond(date: Date): bigint {
  return BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000_000n;
}

/** Of the last window, which a thousand traps in a row have. */
let lastShifts:
  | { readonly from: number; readonly to: number; readonly shifts: [number, number][] }
  | undefined;

function workingShifts(from: number, to: number): [number, number][] {
  if (lastShifts?.from !== from || lastShifts.to !== to)
    lastShifts = { from, to, shifts: shiftsBetween(from, to) };
  return lastShifts.shifts;
}

function shiftsBetween(from: number, to: number): [number, number][] {
  const shifts: [number, number][] = [];
  const day = new Date(from);
  // By calendar day, not by adding hours: days of a clock change have 23 or 25.
  for (day.setHours(0, 0, 0, 0); day.getTime() <= to; day.setDate(day.getDate() + 1)) {
    if (day.getDay() === 0 || day.getDay() === 6) continue;
    const start = Math.max(from, new Date(day).setHours(opensAtHour, 0, 0, 0));
    const end = Math.min(to, new Date(day).setHours(closesAtHour, 0, 0, 0));
    if (start < end) shifts.push([start, end]);
  }
  return shifts;
}

function between(from: number, to: number): number {
  // randomInt spans at most 2^48, which is 8,900 years of milliseconds.
  return from + (to > from ? randomInt(to - from) : 0);
}
