import { readFileSync, statSync } from 'node:fs';
import { toPrintable } from '../core/printable.js';

/**
 * Names of users from the passwd file. Users of a directory service are not in it, and are not
 * asked for: a name must never wait for the network.
 */
export class UserDatabase {
  readonly #path: string;
  #version = '';
  #names: ReadonlyMap<number, string> = new Map();

  constructor(path = '/etc/passwd') {
    this.#path = path;
  }

  /** Printable name of a user id; undefined when the file has none or cannot be read. */
  nameOf(uid: number): string | undefined {
    return this.names().get(uid);
  }

  /** Printable names of all users as the file has them now, for who asks for many. */
  names(): ReadonlyMap<number, string> {
    try {
      // Without the thread pool: the record of a touch waits for this.
      const { mtimeNs, ino, size } = statSync(this.#path, { bigint: true });
      const version = `${mtimeNs} ${ino} ${size}`;
      if (version !== this.#version) {
        this.#names = parsePasswd(readFileSync(this.#path));
        this.#version = version;
      }
    } catch {
      this.#version = '';
      this.#names = new Map();
    }
    return this.#names;
  }
}

/** Reads passwd(5); as in getpwuid(3) the first line of a user id counts. */
export function parsePasswd(content: Buffer): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of content.toString('latin1').split('\n')) {
    const [name, , id] = line.split(':');
    if (!name || id === undefined || !/^\d{1,10}$/.test(id)) continue;
    const uid = Number(id);
    if (!names.has(uid)) names.set(uid, toPrintable(Buffer.from(name, 'latin1')));
  }
  return names;
}

/** Home folders by user id, as latin1 text of their bytes; the first line of a user id counts. */
export function parseHomes(content: Buffer): Map<number, string> {
  const homes = new Map<number, string>();
  for (const line of content.toString('latin1').split('\n')) {
    const [name, , id, , , home] = line.split(':');
    if (!name || !home?.startsWith('/') || id === undefined || !/^\d{1,10}$/.test(id)) continue;
    if (!homes.has(Number(id))) homes.set(Number(id), home);
  }
  return homes;
}
