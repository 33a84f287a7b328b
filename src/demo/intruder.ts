import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { printableText } from '../core/printable.js';

/** `nobody` and `nogroup` on Debian and Ubuntu (base-passwd). */
const nobody = { uid: 65_534, gid: 65_534 };

// $1 is the folder of the traps, $2 the intruder's own.
const reconnaissance = 'ls -la "$1"; cat "$1/passwords.txt"; cp "$1/salary_2024.docx" "$2/"';

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
  command(trapsDir: string): string {
    return reconnaissance.replaceAll('"$1', `"${trapsDir}`).replaceAll('"$2', `"${this.#loot}`);
  }

  /** Lists the folder, reads one trap and copies another; returns what the intruder saw. */
  async raid(trapsDir: string): Promise<string[]> {
    const { all, exitCode } = await execa('sh', ['-c', reconnaissance, 'sh', trapsDir, this.#loot], {
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
