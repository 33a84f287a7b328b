import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { printableText } from '../core/printable.js';

/** `nobody` and `nogroup` on Debian and Ubuntu (base-passwd). */
const nobody = { uid: 65_534, gid: 65_534 };

/** Names of two traps: one is read, one is taken away. */
export interface Prey {
  readonly read: string;
  readonly copied: string;
}

// $1 is the folder of the traps, $2 the intruder's own.
const reconnaissance = 'ls -la "$1"; cat "$1/$3"; cp "$1/$4" "$2/"';

/** An intruder without privileges: a shell in a session of its own that runs ls, cat and cp. */
export class Intruder {
  readonly #loot: string;

  private constructor(loot: string) {
    this.#loot = loot;
  }

  static async arrive(): Promise<Intruder> {
    const loot = await mkdtemp(join(tmpdir(), 'loot-'));
    await chown(loot, nobody.uid, nobody.gid);
    return new Intruder(loot);
  }

  /** The command as a person would have typed it. */
  command(trapsDir: string, { read, copied }: Prey): string {
    const words: Readonly<Record<string, string>> = { 1: trapsDir, 2: this.#loot, 3: read, 4: copied };
    return reconnaissance.replaceAll(/\$(\d)/g, (_, place: string) => words[place] ?? '');
  }

  /** Lists the folder, reads one trap and copies another; returns what the intruder saw. */
  async raid(trapsDir: string, { read, copied }: Prey): Promise<string[]> {
    const words = [trapsDir, this.#loot, read, copied];
    const { all, exitCode } = await execa('sh', ['-c', reconnaissance, 'sh', ...words], {
      ...nobody,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      extendEnv: false,
      detached: true,
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: 60_000,
    });
    const seen = all.split('\n').map(printableText);
    if (exitCode !== 0) throw new Error(`the intruder did not get to the traps: ${seen.at(-1)}`);
    return seen;
  }

  async leave(): Promise<void> {
    await rm(this.#loot, { recursive: true, force: true });
  }
}
