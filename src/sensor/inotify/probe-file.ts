import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that only the daemon touches: its event is the proof that the whole line works. */
export class ProbeFile {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'probe');
  }

  /** Makes one in a folder of its own, for the daemon's eyes only, in `stateDir`. */
  static async create(stateDir: string): Promise<ProbeFile> {
    const folder = join(stateDir, 'inotify-probe');
    // A daemon that was killed left its own.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const probe = new ProbeFile(folder);
    await writeFile(probe.path, '', { mode: 0o600, flag: 'wx' });
    return probe;
  }

  /** Path as it stands in events: latin1 text of its bytes. */
  get watched(): string {
    return Buffer.from(this.path).toString('latin1');
  }

  async touch(): Promise<void> {
    await (await open(this.path)).close();
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
