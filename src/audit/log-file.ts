import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type LogTail, readTail } from './log-tail.js';

const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** An append-only file of whole lines that are on disk when `append` resolves. */
export class LogFile {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens or creates the file (0600, folder 0700) and cuts off an unfinished last line.
   * @throws NodeJS.ErrnoException
   */
  async open(): Promise<LogTail> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await this.close();
    const file = await open(this.#path, flags, 0o600);
    try {
      await file.chmod(0o600);
      const tail = await readTail(file);
      if (tail.fragmentBytes > 0) await file.truncate(tail.soundBytes);
      await syncFolder(dirname(this.#path));
      this.#file = file;
      return tail;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Appends and syncs; leaves no half line behind when that fails.
   * @throws NodeJS.ErrnoException
   */
  async append(text: string): Promise<void> {
    if (this.#file === undefined || (await this.#wasReplaced(this.#file))) await this.open();
    const file = this.#file as FileHandle;
    const { size } = await file.stat();
    try {
      await file.appendFile(text);
      await file.datasync();
    } catch (error) {
      await file.truncate(size).catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** Somebody moved or removed the file: going on would write where nobody looks. */
  async #wasReplaced(file: FileHandle): Promise<boolean> {
    const here = await file.stat();
    const there = await stat(this.#path).catch(() => undefined);
    return there === undefined || there.ino !== here.ino || there.dev !== here.dev;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
