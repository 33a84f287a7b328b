import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { FileSystemName } from './route.js';

/** mkfs.xfs makes nothing below 300 MiB; the images are sparse. */
const imageSize = '320M';
const formatters: Record<Exclude<FileSystemName, 'tmpfs'>, readonly [string, ...string[]]> = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
};

export interface Mounted {
  readonly path: string;
  /** Block device below it; a tmpfs has none. */
  readonly device: string | undefined;
}

/**
 * A private folder with file systems mounted in it. A guard, a process of its own session, unmounts and
 * removes everything when this process has ended, however it ended.
 */
export class FileSystems {
  readonly folder: string;
  readonly #guard: ChildProcess;

  private constructor(folder: string) {
    this.folder = folder;
    const script = 'cat; for at in "$1"/at-*; do umount -R -l "$at"; done; rm -rf --one-file-system "$1"';
    this.#guard = spawn('sh', ['-c', script, 'sh', folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    this.#guard.unref();
  }

  static async open(): Promise<FileSystems> {
    const folder = await mkdtemp(join(tmpdir(), 'phantom-coverage-'));
    await chmod(folder, 0o755);
    return new FileSystems(folder);
  }

  /** Makes a new, empty file system and mounts it. */
  async mount(name: FileSystemName): Promise<Mounted> {
    const path = join(this.folder, `at-${name}`);
    await mkdir(path, { recursive: true });
    if (name === 'tmpfs') {
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0755', 'coverage', path]);
      return { path, device: undefined };
    }
    const image = join(this.folder, `${name}.image`);
    await execa('truncate', ['--size', imageSize, image]);
    const [formatter, ...options] = formatters[name];
    await execa(formatter, [...options, image]);
    await execa('mount', ['-o', 'loop', image, path]);
    const { stdout } = await execa('findmnt', ['--noheadings', '--output', 'SOURCE', path]);
    return { path, device: stdout.trim() };
  }

  async unmount(name: FileSystemName): Promise<void> {
    await execa('umount', ['--recursive', '--lazy', join(this.folder, `at-${name}`)]);
    await rm(join(this.folder, `${name}.image`), { force: true });
  }

  /** Unmounts and removes everything. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#guard.once('exit', resolve));
    this.#guard.ref();
    this.#guard.stdin?.end();
    await ended;
  }
}
