import { closeSync, openSync, readSync } from 'node:fs';

/** Small files of /proc, read in one piece; as fast as it goes, for a flood is asked one by one. */
export class ProcFiles {
  readonly root: string;
  readonly #buffer = Buffer.alloc(4096);

  constructor(root = '/proc') {
    this.root = root;
  }

  /** A longer file, `mostBytes` of it at most; otherwise like `read`. */
  readWhole(name: string, mostBytes: number): string {
    try {
      const fd = openSync(`${this.root}/${name}`, 'r');
      try {
        const parts: string[] = [];
        for (let length = 0; length < mostBytes; ) {
          const size = readSync(fd, this.#buffer);
          if (size === 0) break;
          parts.push(this.#buffer.toString('latin1', 0, size));
          length += size;
        }
        return parts.join('');
      } finally {
        closeSync(fd);
      }
    } catch {
      return '';
    }
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
