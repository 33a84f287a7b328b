import { closeSync, openSync, readSync } from 'node:fs';

/** Small files of /proc, read in one piece; as fast as it goes, for a flood is asked one by one. */
export class ProcFiles {
  readonly root: string;
  readonly #buffer = Buffer.alloc(4096);

  constructor(root = '/proc') {
    this.root = root;
  }

  /** Bytes as latin1 text, 4,096 at most; empty when it is not there. */
  read(name: string): string {
    try {
      const fd = openSync(`${this.root}/${name}`, 'r');
      try {
        return this.#buffer.toString('latin1', 0, readSync(fd, this.#buffer));
      } finally {
        closeSync(fd);
      }
    } catch {
      return '';
    }
  }
}
