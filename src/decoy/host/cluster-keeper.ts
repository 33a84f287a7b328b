import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Diagnostics } from '../../core/ports/diagnostics.js';
import { printableText } from '../../core/printable.js';
import { comingMark } from '../services/postgres/engine/kept-cluster.js';
import { childCommand } from './child-command.js';
import { type DecoyChild, startDecoyChild } from './child-process.js';
import { readKept, writeKept } from './kept-files.js';
import type { StagedFiles } from './staged-files.js';

/** Packed it is a tenth of it. */
const mostBytes = 64 * 1024 * 1024;
/** It takes seconds, and a minute where the host has no time; visitors wait for it. */
const longestBuildMs = 10 * 60_000;
const engineFolder = 'dist/decoy/services/postgres';
const packages = ['@electric-sql/pglite', '@faker-js/faker'];

export interface ClusterKeeperOptions {
  /** Where built ones are kept, for root alone. */
  readonly folder: string;
  readonly files: StagedFiles;
  readonly story: DecoyStory;
  readonly memoryMb: number;
  /** The built files of this package. */
  readonly built: string;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
}

/**
 * Keeps the cluster from which visitors' databases are opened: built once for a story and a version of the engine, by a
 * process as powerless as the one for visitors. The bytes that come from it are kept and handed on, never looked at.
 */
export class ClusterKeeper {
  readonly #options: ClusterKeeperOptions;
  readonly #place: string;
  #kept = '';
  #cancel: () => void = () => undefined;
  #builder: DecoyChild | undefined;
  #closed = false;

  constructor(options: ClusterKeeperOptions) {
    this.#options = options;
    this.#place = join(options.files.folder, 'postgres.cluster');
  }

  /**
   * Hands out the one that was built before, or builds it `afterMs` later. Never rejects.
   * @returns the file for the services: it is there, or comes; undefined when none can be kept
   */
  async offer(afterMs: number): Promise<string | undefined> {
    const { folder, clock, diagnostics } = this.#options;
    try {
      this.#kept = `postgres-${await this.#fingerprint()}.cluster`;
      const bytes = await readKept(join(folder, this.#kept), mostBytes);
      if (bytes !== undefined) await writeKept(this.#place, bytes, 0o644);
      else this.#cancel = clock.after(afterMs, () => void this.#build());
      return this.#place;
    } catch (error) {
      const reason = shortReason(error as Error);
      diagnostics.warn('the database of the decoy cannot be kept', { reason });
      return undefined;
    }
  }

  /** Beside everything else, at a low priority. Whoever waits for one that cannot be built builds their own. */
  async #build(): Promise<void> {
    const { folder, diagnostics } = this.#options;
    try {
      await writeFile(comingMark(this.#place), '');
      const bytes = await this.#built();
      // Visitors first: a disk that is full takes it from the next run only.
      await writeKept(this.#place, bytes, 0o644);
      await writeKept(join(folder, this.#kept), bytes);
      await this.#forgetOthers();
      diagnostics.debug('the database of the decoy is built');
    } catch (error) {
      const reason = shortReason(error as Error);
      if (!this.#closed) diagnostics.warn('the database of the decoy cannot be built ahead', { reason });
    }
    await rm(comingMark(this.#place), { force: true }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    this.#builder?.kill();
    await this.#builder?.ended;
  }

  async #built(): Promise<Buffer> {
    const { files, memoryMb, built, story, clock } = this.#options;
    if (this.#closed) throw new Error('the decoy closes');
    const program = join(files.folder, engineFolder, 'engine/cluster-builder.js');
    const searchPath = process.env.PATH ?? '';
    const command = childCommand({ folder: files.folder, program, memoryMb, searchPath });
    const child = startDecoyChild(built, command, []);
    this.#builder = child;
    // What it becomes and what it starts keep it. Not the lowest: a visitor may wait for it.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const chunks: Buffer[] = [];
    let held = 0;
    child.pipe.on('error', () => undefined);
    child.pipe.on('data', (chunk: Buffer) => {
      held += chunk.length;
      if (held > mostBytes) child.kill();
      else chunks.push(chunk);
    });
    child.pipe.write(`${JSON.stringify(story)}\n`);
    const cancel = clock.after(longestBuildMs, () => child.kill());
    const reason = await child.ended;
    cancel();
    const said = Buffer.concat(chunks);
    if (said.length < 4 || said.readUInt32BE(0) !== said.length - 4) throw new Error(reason);
    return said.subarray(4);
  }

  /** Of everything that a cluster is made from. */
  async #fingerprint(): Promise<string> {
    const { files, story } = this.#options;
    const hash = createHash('sha256').update(JSON.stringify(story));
    for (const name of packages)
      hash.update(await readFile(join(files.folder, 'node_modules', name, 'package.json')));
    for (const part of ['engine', 'content']) {
      const folder = join(files.folder, engineFolder, part);
      for (const name of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, name)));
    }
    return hash.digest('hex').slice(0, 16);
  }

  async #forgetOthers(): Promise<void> {
    const { folder } = this.#options;
    const others = (await readdir(folder)).filter(
      (name) => /^postgres-[0-9a-f]{16}\.cluster/.test(name) && name !== this.#kept,
    );
    for (const name of others) await rm(join(folder, name), { force: true });
  }
}

function shortReason(error: Error): string {
  return printableText(error.message.split('\n', 1)[0] ?? '').slice(0, 300);
}
