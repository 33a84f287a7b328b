import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { execa } from 'execa';
import { until } from './until.js';

/** A Docker engine of the test's own, in a network name space of its own, whose disk is `diskMb` of memory. */
export class OwnDockerd {
  readonly folder: string;
  readonly socket: string;
  readonly docker: Docker;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(folder: string) {
    this.folder = folder;
    this.socket = join(folder, 'docker.sock');
    this.docker = new Docker({ socketPath: this.socket });
  }

  static async make(diskMb: number): Promise<OwnDockerd> {
    // A short path: that of containerd's socket in it has a bound of 107 bytes.
    const made = new OwnDockerd(await mkdtemp('/tmp/dkr-'));
    await mkdir(made.data);
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m`, 'none', made.data]);
    await made.start();
    return made;
  }

  /** Where it keeps what it has. */
  get data(): string {
    return join(this.folder, 'data');
  }

  async start(): Promise<void> {
    const own = (option: string, name: string) => [option, join(this.folder, name)];
    const child = spawn(
      'unshare',
      [
        ...['--net', '--', 'dockerd', '--host', `unix://${this.socket}`, '--bridge', 'none'],
        ...own('--data-root', 'data'),
        ...own('--exec-root', 'exec'),
        ...own('--pidfile', 'pid'),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
    );
    this.#process = child;
    child.stderr.on('data', (bytes: Buffer) => {
      this.#said = (this.#said + bytes).slice(-4000);
    });
    await until('the engine of the test', async () => {
      if (child.exitCode !== null) throw new Error(`dockerd ended: ${this.#said}`);
      return this.docker.ping().then(
        () => true,
        () => false,
      );
    });
  }

  /** As an administrator's mistake, or the kernel when memory runs out. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async remove(): Promise<void> {
    await this.#end('SIGTERM');
    // A killed one left these, which no later one may have taken up.
    for (const pid of this.processes()) process.kill(pid, 'SIGKILL');
    await until('the end of its processes', () => this.processes().length === 0);
    for (const mounted of this.#mounts()) await execa('umount', ['--lazy', mounted], { reject: false });
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Those of the engine and of its containers' watchers. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
      .filter((name) => commandLine(name).includes(this.folder))
      .map(Number);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** The innermost first. */
  #mounts(): string[] {
    const places = readFileSync('/proc/self/mounts', 'latin1')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    return places.filter((place) => place.startsWith(`${this.folder}/`)).reverse();
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
