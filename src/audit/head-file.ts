import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ChainHead } from './chain.js';

/**
 * Remembers, apart from the log, how far the chain came: records cut off the log's end are found
 * at the next start, and the chain goes on across rotated files.
 */
export class HeadFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none or it cannot be understood. */
  async read(): Promise<ChainHead | undefined> {
    try {
      const { seq, hash } = JSON.parse(await readFile(this.#path, 'utf8')) as Partial<ChainHead>;
      return Number.isSafeInteger(seq) && typeof hash === 'string' ? { seq: seq as number, hash } : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws NodeJS.ErrnoException */
  async write(head: ChainHead): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(head));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}
