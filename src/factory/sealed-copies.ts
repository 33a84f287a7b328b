import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrapVault } from '../core/ports/trap-vault.js';
import { replaceSynced, syncFolder } from './durable-file.js';
import { explaining, unless } from './errors.js';
import { secureFolder } from './safe-folder.js';

const trapId = /^[a-z0-9-]+-[0-9a-f]{8}$/;

/** The planted contents, one file a trap (mode 0600) in `<state_dir>/traps`. */
export class SealedCopies implements TrapVault {
  readonly #folder: string;
  readonly #stateDir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.#folder = join(stateDir, 'traps');
  }

  /**
   * Makes the folder (0700) and those above it.
   * @throws PlantingRefused, PlantingFailed
   */
  async prepare(): Promise<void> {
    await secureFolder(this.#folder, this.#stateDir, 0o700, []);
  }

  async content(id: string): Promise<Uint8Array | undefined> {
    // An id is part of a path here, and callers may have it from outside.
    if (!trapId.test(id)) return undefined;
    return explaining(this.#folder, () => unless('ENOENT', () => readFile(join(this.#folder, id))));
  }

  /**
   * Keeps the content of one trap; durable after `sync`. One of `many` is not synced by itself.
   * @throws PlantingFailed
   */
  async seal(id: string, content: Uint8Array, many = false): Promise<void> {
    await replaceSynced(join(this.#folder, id), content, !many);
  }

  /**
   * Makes durable what was sealed, once for all; `many` as they were sealed.
   * @throws PlantingFailed
   */
  async sync(many = false): Promise<void> {
    await explaining(this.#folder, () => syncFolder(this.#folder, many));
  }

  /**
   * Removes the copies of all traps but those in `known`, and what a crash left between.
   * @throws PlantingFailed
   */
  async keepOnly(known: ReadonlySet<string>): Promise<void> {
    await explaining(this.#folder, async () => {
      for (const name of (await unless('ENOENT', () => readdir(this.#folder))) ?? []) {
        if (!known.has(name) && trapId.test(name.replace(/\.new$/, '')))
          await unlink(join(this.#folder, name));
      }
    });
  }
}
