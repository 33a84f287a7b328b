import { constants, fstatSync, statSync, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type LogEnds, readEnds } from './log-ends.js';

const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** An append-only file of whole lines that are on disk when `append` resolves. */
export class LogFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Length to go back to: what lies behind it was never acknowledged. */
  #rollBackTo: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens or creates the file (0600, folder 0700) and cuts off an unfinished last line.
   * @throws NodeJS.ErrnoException
   */
  async open(): Promise<LogEnds> {
    await mkdir(dirname(this.#path), { mode: 0o700 }).catch(unlessThere);
    await this.close();
    const file = await open(this.#path, flags, 0o600);
    try {
      await file.chmod(0o600);
      const ends = await readEnds(file);
      if (ends.fragmentBytes > 0) await file.truncate(ends.soundBytes);
      await syncFolder(dirname(this.#path));
      this.#file = file;
      return ends;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends and syncs; leaves no half line behind when that fails. `fresh` when the file was empty.
   * @throws NodeJS.ErrnoException
   */
  async append(text: string): Promise<{ readonly fresh: boolean }> {
    if (this.#file === undefined || this.#wasReplaced(this.#file)) await this.open();
    const file = this.#file as FileHandle;
    if (this.#rollBackTo !== undefined) await file.truncate(this.#rollBackTo);
    this.#rollBackTo = undefined;
    // What the page cache answers in microseconds is asked here: each trip to the thread pool takes
    // several hundred. Only the sync waits for the disk.
    const { size } = fstatSync(file.fd);
    try {
      writeAll(file.fd, Buffer.from(text));
      await file.datasync();
      return { fresh: size === 0 };
    } catch (error) {
      // Where this fails as well, it comes first before the next write.
      this.#rollBackTo = size;
      await file.truncate(size).then(
        () => {
          this.#rollBackTo = undefined;
        },
        () => {},
      );
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (this.#rollBackTo !== undefined) await file?.truncate(this.#rollBackTo).catch(() => {});
    this.#rollBackTo = undefined;
    await file?.close();
  }

  /** Somebody moved or removed the file: going on would write where nobody looks. */
  #wasReplaced(file: FileHandle): boolean {
    const here = fstatSync(file.fd);
    const there = statSync(this.#path, { throwIfNoEntry: false });
    return there === undefined || there.ino !== here.ino || there.dev !== here.dev;
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
