import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageFiles } from '../../src/daemon/package-files.js';
import { AuditFollower, type DemoRecord } from '../../src/demo/audit-follower.js';
import { benchConfig, benchSettings, type Settings } from './bench-config.js';
import type { Workspace } from './workspace.js';

/** The real daemon as its own process. */
export class PhantomdProcess {
  readonly pid: number;
  readonly #follower: AuditFollower;
  readonly #ended: () => boolean;
  /** Stops it in order; resolves when it is gone. */
  readonly stop: () => Promise<void>;

  private constructor(
    pid: number,
    follower: AuditFollower,
    life: { ended: () => boolean; stop: () => Promise<void> },
  ) {
    this.pid = pid;
    this.#follower = follower;
    this.#ended = life.ended;
    this.stop = life.stop;
  }

  /** Starts it and returns when it is armed. */
  static async start(workspace: Workspace, settings: Settings): Promise<PhantomdProcess> {
    const { root } = workspace;
    const { paths, audit } = benchConfig(root, settings);
    const configFile = join(root, 'phantom.yaml');
    // JSON is YAML.
    await writeFile(configFile, JSON.stringify(benchSettings(root, settings)));
    let ended = false;
    const command = [process.execPath, packageFiles.main, '--config', configFile];
    // Stops in order also when the benchmark is killed. setpriv(1) is of util-linux.
    const child = execa('setpriv', ['--pdeathsig', 'TERM', '--', ...command], {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      // Ctrl-C is for the benchmark, which stops the daemon in order.
      detached: true,
      forceKillAfterDelay: 30_000,
    });
    void child.finally(() => {
      ended = true;
    });
    const stop = async () => {
      child.kill('SIGTERM');
      await child;
    };
    workspace.defer(stop);
    const follower = await AuditFollower.fromEnd(join(paths.logs_dir, audit.file));
    const daemon = new PhantomdProcess(child.pid as number, follower, { ended: () => ended, stop });
    await daemon
      .record('its start', ({ event }) => event.action === 'daemon-started')
      .catch(async (error) => {
        const gone = ended;
        await stop();
        throw gone ? new Error(`phantomd did not start: ${(await child).stderr}`) : error;
      });
    return daemon;
  }

  /** Waits for a record of its audit log, which may be there already. */
  async record(what: string, fits: (record: DemoRecord) => boolean): Promise<DemoRecord> {
    const found = await this.#follower.first(fits, 60_000, this.#ended);
    if (found === undefined) throw new Error(`phantomd did not record ${what}`);
    return found;
  }

  /** Records read so far. */
  get records(): readonly DemoRecord[] {
    return this.#follower.records;
  }
}
