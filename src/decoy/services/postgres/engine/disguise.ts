import type { PGlite } from '@electric-sql/pglite';

/** Names by which the engine gives itself away, and what it is to say instead. */
export interface Disguise {
  /** `server_version`, such as `15.8 (Debian 15.8-0+deb12u1)`. */
  readonly version: string;
}

interface Memory {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
}

/** Bootstrap superuser, as whom the engine always starts. */
const superuser = 10;
/** What the engine takes for its process id. */
const enginePid = 42;

/**
 * Gives a running database another version, in its memory: no statement can change `server_version`, and a function
 * that stands in the catalog instead of the built-in one would be seen.
 * @throws Error when this build of the engine is another one than is known here
 */
export function disguiseVersion(database: PGlite, { version }: Disguise): void {
  const memory = database.Module as unknown as Memory;
  const bytes = bytesOf(memory);
  const old = /^PostgreSQL (\S+) \(PGlite[^\0]*/.exec(
    textAt(bytes, Math.max(0, bytes.indexOf('PostgreSQL 18.'))),
  );
  const [line, oldVersion] = [old?.[0], old?.[1]];
  if (line === undefined || oldVersion === undefined) throw unknownEngine('its version is nowhere');
  for (const at of find(bytes, Buffer.from(line))) write(bytes, at, versionLine(version), line.length);
  const [major = '0', minor = '0'] = oldVersion.split('.');
  replaceNumbers(memory, Number(major) * 10_000 + Number(minor), versionNumber(version));
  const replacement = memory._malloc(Buffer.byteLength(version) + 1);
  const grown = bytesOf(memory);
  write(grown, replacement, version, Buffer.byteLength(version) + 1);
  let pointed = 0;
  for (const at of find(grown, Buffer.from(`${oldVersion}\0`)))
    pointed += replaceNumbers(memory, at, replacement);
  if (pointed === 0) throw unknownEngine('nothing points to its version');
}

/**
 * Makes the session's user, set before by SET SESSION AUTHORIZATION, the one who logged in: it cannot go back to the
 * superuser then.
 */
export function disguiseUser(database: PGlite, userId: number): void {
  const words = wordsOf(database.Module as unknown as Memory);
  // miscinit.c and globals.c: MyProcPid, the users of session, SET ROLE and now, and two words on who was authenticated.
  const places = wordsLike(words, enginePid).filter(
    (at) => [1, 2, 3].every((next) => words[at + next] === userId) && words[at + 6] === superuser,
  );
  if (places.length !== 1) throw unknownEngine(`its user stands in ${places.length} places`);
  words[(places[0] as number) + 6] = userId;
}

/** `PostgreSQL 15.8 (Debian 15.8-0+deb12u1) on ...`, as Debian's and Ubuntu's builds say it. */
export function versionLine(version: string): string {
  const compilers: Record<string, string> = {
    deb11: 'Debian 10.2.1-6) 10.2.1 20210110',
    deb12: 'Debian 12.2.0-14+deb12u1) 12.2.0',
    deb13: 'Debian 14.2.0-19) 14.2.0',
    '22.04': 'Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0',
    '24.04': 'Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0',
  };
  const compiler = Object.entries(compilers).find(([release]) => version.includes(release))?.[1];
  return `PostgreSQL ${version} on x86_64-pc-linux-gnu, compiled by gcc (${compiler ?? compilers.deb12}, 64-bit`;
}

export function versionNumber(version: string): number {
  const [major = '15', minor = '0'] = /^(\d+)\.(\d+)/.exec(version)?.slice(1) ?? [];
  return Number(major) * 10_000 + Number(minor);
}

function find(bytes: Buffer, what: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) places.push(at);
  return places;
}

function replaceNumbers(memory: Memory, from: number, to: number): number {
  const words = wordsOf(memory);
  const places = wordsLike(words, from);
  for (const at of places) words[at] = to;
  return places.length;
}

/** Word by word: a search for bytes that begin with a zero stops at every byte of empty memory. */
function wordsLike(words: Int32Array, value: number): number[] {
  const places: number[] = [];
  for (let at = words.indexOf(value); at >= 0; at = words.indexOf(value, at + 1)) places.push(at);
  return places;
}

function wordsOf({ HEAPU8 }: Memory): Int32Array {
  return new Int32Array(HEAPU8.buffer);
}

function bytesOf({ HEAPU8 }: Memory): Buffer {
  return Buffer.from(HEAPU8.buffer);
}

function write(bytes: Buffer, at: number, text: string, room: number): void {
  if (Buffer.byteLength(text) > room) throw unknownEngine('no room for another version');
  bytes.fill(0, at, at + room);
  bytes.write(text, at);
}

function textAt(bytes: Buffer, at = 0): string {
  return bytes.toString('latin1', at, bytes.indexOf(0, at));
}

function unknownEngine(why: string): Error {
  return new Error(`the database cannot be disguised: ${why}`);
}
