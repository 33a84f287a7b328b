import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { DecoyLogin } from '../../../core/decoy/decoy-service.js';
import { printableText } from '../../../core/printable.js';
import type { VisitDesk } from '../service.js';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** How long a password is hashed here, in ms: the same whoever asks, as a slow hash takes. */
const hashingMs = { least: 90, spread: 30 };

/** The login that these credentials are; undefined after the same time when they are none. */
export async function signIn(
  desk: VisitDesk,
  { user, password }: Credentials,
  method: string,
): Promise<DecoyLogin | undefined> {
  const hashed = wait(hashingMs.least + Math.random() * hashingMs.spread);
  const given = digest(password);
  let found: DecoyLogin | undefined;
  // Every one of them, and one more that nobody has, so that how many there are takes no time of its own.
  for (const login of [undefined, ...desk.loginsOf(user)]) {
    const isIt = timingSafeEqual(given, digest(login?.password ?? ''));
    if (isIt && login !== undefined && password !== '') found = login;
  }
  await hashed;
  if (found === undefined) desk.refused({ user: shown(user), method });
  return found;
}

/** What stands in an Authorization header; undefined without one of the method Basic. */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^basic +([\w+/=-]+) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [user, password] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s, 2);
  return user === undefined || password === undefined ? undefined : { user, password };
}

/** Printable and at most 256 characters. */
function shown(user: string): string {
  const text = printableText(user.slice(0, 256)).slice(0, 256);
  // Half of a character beyond the 16-bit ones.
  return text.replace(/[\ud800-\udbff]$/, '');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
