import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { isServedElsewhere, type MountTable } from '../served-elsewhere.js';

const { O_DIRECTORY, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** open(2): a descriptor that only stands for the file: no FIFO waits, no device notices. */
const O_PATH = 0o10_000_000;

const mostSteps = 128;
const mostLinks = 16;

/** Why a file is better not read. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
}

/** Where paths begin, and the tables of mounts that may have what lies below. */
export interface Ground {
  readonly root: string;
  readonly mountTables: readonly MountTable[];
}

/**
 * Opens a regular file for reading at an absolute path (latin1 text of its bytes) that somebody chose
 * who may wish that the reader reads something else, or hangs: step by step, through links of root
 * only and not at the last step, never into a file system that somebody else serves.
 * @throws FileRefused, or the system's error where there is none
 */
export async function openGuarded(path: string, ground: Ground): Promise<FileHandle> {
  const walk = new Walk(ground, await openPlace(ground.root, O_DIRECTORY));
  try {
    // Whoever changed the root chose what serves it too.
    await walk.guardRoot();
    const place = await walk.along(path);
    if (!(await place.stat()).isFile()) throw new FileRefused('not a regular file');
    return await open(`/proc/self/fd/${place.fd}`, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  } finally {
    await walk.close();
  }
}

/** The way to a file, one name at a time. */
class Walk {
  readonly #ground: Ground;
  #place: FileHandle;
  #ahead: string[] = [];
  /** Names from the root to the place; none of them is a link. */
  #behind: string[] = [];
  #links = 0;

  constructor(ground: Ground, root: FileHandle) {
    this.#ground = ground;
    this.#place = root;
  }

  async along(path: string): Promise<FileHandle> {
    this.#ahead = path.split('/');
    for (let steps = 0; ; steps += 1) {
      if (steps > mostSteps) throw new FileRefused('too many steps');
      const name = this.#ahead.shift();
      if (name === undefined) return this.#place;
      // Not the kernel's `..`, which leads out of another root.
      if (name === '..') await this.#again(this.#behind.slice(0, -1));
      else if (name !== '' && name !== '.') await this.#step(name);
    }
  }

  guardRoot(): Promise<void> {
    return this.#guard(this.#place);
  }

  close(): Promise<void> {
    return this.#place.close();
  }

  async #step(name: string): Promise<void> {
    const next = await openPlace(below(this.#place, name), O_NOFOLLOW);
    try {
      if (await this.#isLink(next)) {
        await next.close();
        await this.#follow(name);
        return;
      }
    } catch (error) {
      await next.close();
      throw error;
    }
    this.#behind.push(name);
    await this.#move(next);
  }

  async #isLink(next: FileHandle): Promise<boolean> {
    await this.#guard(next);
    const facts = await next.stat();
    if (!facts.isSymbolicLink()) return false;
    if (!this.#ahead.some((name) => name !== '' && name !== '.')) throw new FileRefused('a link');
    if (facts.uid !== 0) throw new FileRefused('behind a link that a user made');
    return true;
  }

  /** Before anything else is asked of it: stat(2) is a question to the file system too. */
  async #guard(place: FileHandle): Promise<void> {
    if ((await isServedElsewhere(place.fd, this.#ground.mountTables)) !== false)
      throw new FileRefused('on a file system that may not answer');
  }

  async #follow(name: string): Promise<void> {
    this.#links += 1;
    if (this.#links > mostLinks) throw new FileRefused('too many links');
    const target = (await readlink(below(this.#place, name), { encoding: 'buffer' })).toString('latin1');
    await this.#again([...(target.startsWith('/') ? [] : this.#behind), ...target.split('/')]);
  }

  /** From the root, by these names and what was ahead. */
  async #again(names: readonly string[]): Promise<void> {
    this.#ahead.unshift(...names);
    this.#behind = [];
    await this.#move(await openPlace(this.#ground.root, O_DIRECTORY));
  }

  async #move(to: FileHandle): Promise<void> {
    const from = this.#place;
    this.#place = to;
    await from.close();
  }
}

function below(place: FileHandle, name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${place.fd}/${name}`, 'latin1');
}

function openPlace(path: string | Buffer, flags: number): Promise<FileHandle> {
  return open(path, O_PATH | flags);
}
