import { randomBytes, randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import type { Persona } from './persona.js';

const bcryptAlphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const dayMs = 86_400_000;

/** A person in the table of an application's users. */
export interface AccountRow {
  readonly id: number;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly role: string;
  readonly hash: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The users of the company's application, in the order in which they came; no time is after `latest`. */
export function accountRows(
  persona: Persona,
  story: Faker,
  latest: Date,
  scheme: '2y' | '2b' | '2a',
  cost = 10,
): AccountRow[] {
  const people = story.helpers.shuffle([...persona.people]).slice(0, story.number.int({ min: 14, max: 30 }));
  const everyone = [
    persona.administrator,
    ...people.filter((one) => one.login !== persona.administrator.login),
  ];
  const spanMs = story.number.int({ min: 300, max: 900 }) * dayMs;
  const start = latest.getTime() - spanMs;
  // The first account is made with the application.
  const times = everyone
    .map((_, index) => (index === 0 ? start : workedBetween(start, latest.getTime()).getTime()))
    .sort((one, other) => one - other);
  let id = 0;
  return everyone.map((person, index) => {
    // Numbers that are missing are people who left.
    id += index > 0 && randomInt(6) === 0 ? randomInt(2, 5) : 1;
    const created = times[index] ?? start;
    return {
      id,
      name: person.fullName,
      firstName: person.firstName,
      lastName: person.lastName,
      email: person.email,
      role: index === 0 ? 'admin' : story.helpers.arrayElement(['user', 'user', 'user', 'manager', 'viewer']),
      hash: unknownHash(scheme, cost),
      createdAt: new Date(created),
      updatedAt: new Date(created + randomInt(latest.getTime() - created + 1)),
    };
  });
}

/** One of those who had an account by then; of rows in the order in which they came. */
export function accountAt(rows: readonly AccountRow[], at: Date): AccountRow | undefined {
  const there = rows.filter(({ createdAt }) => createdAt <= at);
  return there[there.length > 0 ? randomInt(there.length) : -1] ?? rows[0];
}

const dayHours = { from: 7, to: 20 };
const mostDraws = 8;

/** A time at which somebody worked, in the host's own time: rarely at night or on a weekend. */
export function workedBetween(from: number, to: number): Date {
  let at = new Date(from);
  for (let draws = 0; draws < mostDraws; draws += 1) {
    at = new Date(from + randomInt(Math.max(1, to - from)));
    const isWeekend = at.getDay() === 0 || at.getDay() === 6;
    if (!isWeekend && at.getHours() >= dayHours.from && at.getHours() < dayHours.to) break;
  }
  return at;
}

/** Draws times of what an application with these accounts has stored: no row is older than all accounts. */
export function pastOf(rows: readonly AccountRow[], latest: Date): () => Date {
  const newest = latest.getTime() - dayMs;
  const oldest = Math.max(latest.getTime() - 400 * dayMs, rows[0]?.createdAt.getTime() ?? 0);
  return () => workedBetween(Math.min(oldest, newest), newest);
}

/**
 * A well-formed bcrypt hash whose password nobody knows: it cannot be told from that of a good password,
 * and a table of users takes no seconds. Salt and digest have 128 and 184 bits, so that the last
 * letters of both stand for fewer bits.
 */
export function unknownHash(scheme: string, cost = 10): string {
  return `$${scheme}$${String(cost).padStart(2, '0')}$${encoded(randomBytes(16), 22)}${encoded(randomBytes(23), 31)}`;
}

function encoded(bytes: Uint8Array, length: number): string {
  const bits = [...bytes]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
    .padEnd(length * 6, '0');
  return Array.from({ length }, (_, at) =>
    bcryptAlphabet.charAt(Number.parseInt(bits.slice(at * 6, at * 6 + 6), 2)),
  ).join('');
}

/** A time as databases write it, in UTC: `2024-05-06 07:08:09`. */
export function sqlTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** The same with microseconds, of which those below the millisecond are drawn. */
export function sqlTimeInMicroseconds(date: Date): string {
  return `${sqlTime(date)}.${String(date.getMilliseconds()).padStart(3, '0')}${String(randomInt(1000)).padStart(3, '0')}`;
}
