import { closeSync } from 'node:fs';
import type { ProgramIdentity } from '../core/exempt-match.js';
import {
  isUnchanged,
  type ProgramAtPath,
  programAt,
  stampOf,
  type TrustedProgram,
} from './exempt-program.js';
import type { ProgramFiles } from './program-file.js';

/** A program may run on for so long after its file was replaced. */
const rememberedMs = 24 * 3_600_000;
const mostFormer = 8;

/**
 * One path of the rules: the file that it leads to, and the files that it led to before, which may
 * still run. All are held open: an inode number that is held is given to no other file.
 */
export class RulePath {
  readonly path: string;
  readonly #programs: ProgramFiles;
  readonly #wantsHash: boolean;
  #now: ProgramAtPath;
  #former: { readonly program: TrustedProgram; readonly sinceMs: number }[] = [];
  #stamp = '';

  constructor(path: string, programs: ProgramFiles, wantsHash: boolean) {
    this.path = path;
    this.#programs = programs;
    this.#wantsHash = wantsHash;
    this.#now = { state: 'missing', reason: `${path}: not looked at` };
  }

  /** What is there, as of the last look. */
  get now(): ProgramAtPath {
    return this.#now;
  }

  /** Whether something else is there than at the last look. */
  get isStale(): boolean {
    return stampOf(this.path) !== this.#stamp;
  }

  /** Verified files, with this hash where one is given. */
  identities(sha256?: string): ProgramIdentity[] {
    if (this.#now.state === 'refused') return [];
    const former = this.#former.map(({ program }) => program);
    const all = this.#now.state === 'trusted' ? [this.#now, ...former] : former;
    return all
      .filter((file) => sha256 === undefined || file.sha256 === sha256)
      .map(({ identity }) => identity);
  }

  /** True when it found something else than before. */
  async look(): Promise<boolean> {
    const stamp = stampOf(this.path);
    const found = await programAt(this.path, this.#programs, this.#wantsHash);
    const before = this.#now;
    this.#stamp = stamp;
    this.#now = found;
    const isSame = before.state === 'trusted' && found.state === 'trusted' && before.stamp === found.stamp;
    if (isSame) closeSync(before.descriptor);
    else if (before.state === 'trusted')
      this.#former.unshift({ program: before, sinceMs: performance.now() });
    const forgotten = this.#forgetFormer();
    return !isSame || forgotten;
  }

  close(): void {
    for (const { program } of this.#former.splice(0)) closeSync(program.descriptor);
    if (this.#now.state === 'trusted') closeSync(this.#now.descriptor);
    this.#now = { state: 'missing', reason: `${this.path}: not looked at` };
    this.#stamp = '';
  }

  #forgetFormer(): boolean {
    const kept = this.#former.filter(({ program, sinceMs }, index) => {
      const isKept =
        index < mostFormer &&
        performance.now() - sinceMs < rememberedMs &&
        isUnchanged(program.descriptor, program.stamp);
      if (!isKept) closeSync(program.descriptor);
      return isKept;
    });
    const forgotten = kept.length < this.#former.length;
    this.#former = kept;
    return forgotten;
  }
}
