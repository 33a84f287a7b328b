import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that only the daemon touches: its events are the proof that the whole line works. */
export class ProbeFile {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'probe');
  }

  /** Makes one in a folder of its own, for the daemon's eyes only, in `stateDir`. */
  static async create(stateDir: string): Promise<ProbeFile> {
    const folder = join(stateDir, 'fanotify-probe');
    // A daemon that was killed left its own.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const probe = new ProbeFile(folder);
    await writeFile(probe.path, '', { mode: 0o600, flag: 'wx' });
    return probe;
  }

  /** Opens it, which the permission group sees, and changes its times, which the other one sees. */
  async touch(): Promise<void> {
    const file = await open(this.path);
    try {
      const now = new Date();
      await file.utimes(now, now);
    } finally {
      await file.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
