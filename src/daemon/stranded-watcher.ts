import { type ChildProcess, spawn } from 'node:child_process';
import type { Diagnostics } from '../core/ports/diagnostics.js';
import { packageFiles } from './package-files.js';

export interface StrandedWatcherOptions {
  readonly configFile: string;
  readonly diagnostics: Pick<Diagnostics, 'warn'>;
}

/** Whoever ends it again and again does not keep the daemon busy; in ms. */
const restartMs = 1000;

/**
 * A small process that outlives the daemon: should it be killed, whoever it had stopped for a moment goes
 * on. It waits at a pipe that the kernel closes with the daemon.
 */
export class StrandedWatcher {
  readonly #options: StrandedWatcherOptions;
  #child: ChildProcess | undefined;
  #isStopped = false;

  constructor(options: StrandedWatcherOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStopped) return;
    const { configFile, diagnostics } = this.#options;
    const command = [process.execPath, packageFiles.main, 'release', '--stranded', `--config=${configFile}`];
    const child = spawn('/bin/sh', [packageFiles.strandedWatcher, ...command], {
      cwd: '/',
      // Of its own session: what is sent to the daemon's terminal is not for it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.on('error', (error) => diagnostics.warn(`no watcher of stopped processes: ${error.message}`));
    child.on('exit', () => {
      if (!this.#isStopped) setTimeout(() => this.start(), restartMs).unref();
    });
    child.stdin?.on('error', () => {});
    child.unref();
    this.#child = child;
  }

  /** The daemon ends in order: nobody stands still. */
  stop(): void {
    this.#isStopped = true;
    this.#child?.stdin?.end('done\n');
  }
}
