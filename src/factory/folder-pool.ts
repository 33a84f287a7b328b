import { dirname } from 'node:path';
import { type Customs, customsOf } from './folder-customs.js';
import { makeOpenFolder } from './open-place.js';
import { type FolderRecord, secureFolder } from './safe-folder.js';
import { openFolder } from './trap-file.js';
import { TrapFolder } from './trap-folder.js';

/** Where a trap is to lie, and whether others may change that folder. */
export interface Place {
  readonly path: string;
  readonly isOpen: boolean;
}

/** The folders of one planting, each opened once and held open until its end. */
export class FolderPool {
  /** Folders that were made, outer ones first. */
  readonly made: FolderRecord[] = [];
  readonly #trapsDir: string;
  readonly #folders = new Map<string, Promise<TrapFolder | undefined>>();
  readonly #customs = new Map<string, Promise<Customs>>();
  readonly #secured = new Set<string>();
  readonly #times = new Map<string, { readonly accessedNs: bigint; readonly modifiedNs: bigint }>();
  #making: Promise<unknown> = Promise.resolve();

  constructor(trapsDir: string) {
    this.#trapsDir = trapsDir;
  }

  /**
   * The folder at a path; undefined when none is there.
   * @throws PlantingFailed
   */
  existing(path: string): Promise<TrapFolder | undefined> {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const opening = openFolder(path);
    this.#folders.set(path, opening);
    return opening;
  }

  /**
   * The folder of a target, made if it is missing.
   * @throws PlantingRefused, PlantingFailed
   */
  async of({ path, isOpen }: Place): Promise<TrapFolder> {
    const folder = dirname(path);
    if (!isOpen && !this.#secured.has(folder)) {
      await this.#inTurn(() => secureFolder(folder, this.#trapsDir, 0o755, this.made));
      this.#secured.add(folder);
    }
    const there = await this.existing(folder);
    if (there !== undefined) return there;
    return this.#inTurn(async () => {
      const meanwhile = await this.existing(folder);
      if (meanwhile !== undefined) return meanwhile;
      const opened = isOpen ? await makeOpenFolder(folder, this.made) : await TrapFolder.open(folder);
      this.#folders.set(folder, Promise.resolve(opened));
      return opened;
    });
  }

  /** What files in it look like, leaving out those with these inodes. */
  customs(folder: TrapFolder, ours: ReadonlySet<string>): Promise<Customs> {
    const known = this.#customs.get(folder.path) ?? customsOf(folder, ours);
    this.#customs.set(folder.path, known);
    return known;
  }

  /** Remembers the times of a folder before something in it changes. */
  async rememberTimes(folder: TrapFolder): Promise<void> {
    if (this.#times.has(folder.path)) return;
    const { atimeNs, mtimeNs } = await folder.handle.stat({ bigint: true });
    this.#times.set(folder.path, { accessedNs: atimeNs, modifiedNs: mtimeNs });
  }

  /** Those in which something was changed. */
  async changed(): Promise<TrapFolder[]> {
    const folders = await Promise.all([...this.#times.keys()].map((path) => this.existing(path)));
    return folders.filter((folder) => folder !== undefined);
  }

  timesBefore(folder: TrapFolder) {
    return this.#times.get(folder.path);
  }

  async close(): Promise<void> {
    const folders = await Promise.allSettled(this.#folders.values());
    this.#folders.clear();
    for (const folder of folders) if (folder.status === 'fulfilled') await folder.value?.close();
  }

  /** Two targets with one missing folder must not both make it. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#making.then(work, work);
    this.#making = turn.catch(() => undefined);
    return turn;
  }
}
