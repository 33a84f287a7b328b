import { open, readFile, rename } from 'node:fs/promises';
import type { ChainHead } from './chain.js';

/** Where a chain stands, and the number of the first record in the current file. */
export interface RememberedChain extends ChainHead {
  readonly first: number;
}

/**
 * Remembers, in a folder that must be there, apart from the log, how far the chain came: records cut off the log's ends are found
 * at the next start, and the chain goes on across rotated files. One write at a time.
 */
export class HeadFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined when there is none or it cannot be understood. */
  async read(): Promise<RememberedChain | undefined> {
    try {
      const { seq, hash, first } = JSON.parse(await readFile(this.#path, 'utf8')) as Partial<RememberedChain>;
      if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(first) || typeof hash !== 'string')
        return undefined;
      return { seq: seq as number, hash, first: first as number };
    } catch {
      return undefined;
    }
  }

  /** @throws NodeJS.ErrnoException */
  async write(chain: RememberedChain): Promise<void> {
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(chain));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}
