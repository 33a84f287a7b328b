import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { codeOf, explained, PlantingRefused } from './errors.js';

// open(2); Node has no name for it. The same number on every architecture that Node runs on.
const O_PATH = 0o10000000;
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder that is held open: what is done through `at` is done in this folder, whatever somebody puts in
 * its place or above it meanwhile.
 */
export class TrapFolder {
  readonly path: string;
  /** Tells whether a path leads to the same folder. */
  readonly identity: string;
  readonly #handle: FileHandle;

  private constructor(path: string, identity: string, handle: FileHandle) {
    this.path = path;
    this.identity = identity;
    this.#handle = handle;
  }

  /**
   * Walks down from the root, level by level, through no symbolic link.
   * @throws PlantingRefused (a link, no folder), PlantingFailed (`ENOENT` where a level is missing)
   */
  static async open(path: string): Promise<TrapFolder> {
    const names = path.split('/').filter((name) => name !== '');
    let handle = await open('/', names.length === 0 ? O_RDONLY | O_DIRECTORY : O_PATH | O_DIRECTORY);
    try {
      for (const [index, name] of names.entries()) {
        const flags = (index === names.length - 1 ? O_RDONLY : O_PATH) | O_DIRECTORY | O_NOFOLLOW;
        const at = `/proc/self/fd/${handle.fd}/${name}`;
        const next = await open(at, flags).catch(async (error: unknown) => {
          throw await refusal(error, `/${names.slice(0, index + 1).join('/')}`, at);
        });
        await handle.close();
        handle = next;
      }
      const { dev, ino } = await handle.stat({ bigint: true });
      return new TrapFolder(path, `${dev}:${ino}`, handle);
    } catch (error) {
      await handle.close();
      throw explained(error, path);
    }
  }

  /** Where a name in this folder is reached. */
  at(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  get handle(): FileHandle {
    return this.#handle;
  }

  /** Whether its path still leads here. */
  async isInPlace(): Promise<boolean> {
    const now = await TrapFolder.open(this.path).catch(() => undefined);
    await now?.close();
    return now?.identity === this.identity;
  }

  /** Its file system, which `syncFileSystem` takes as a whole. */
  get device(): string {
    return this.identity.split(':')[0] as string;
  }

  /** Makes the names in it durable. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A link is not told from a file by the error (ENOTDIR, open(2)). */
async function refusal(error: unknown, path: string, at: string): Promise<unknown> {
  if (!['ENOTDIR', 'ELOOP'].includes(codeOf(error))) return explained(error, path);
  const found = await lstat(at).catch(() => undefined);
  return new PlantingRefused(
    found?.isSymbolicLink()
      ? `${path} is a symbolic link; configure its target itself`
      : `${path} is not a folder; move it away`,
  );
}
