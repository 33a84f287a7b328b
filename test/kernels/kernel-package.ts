import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { exists } from './debian-archive.js';

export interface KernelPackage {
  /** Path of the bootable image. */
  readonly image: string;
  /** Path of the file of a module; later kernels have them compressed, which insmod reads too. */
  module(name: string): Promise<string>;
}

/** Downloads and unpacks the kernel that a Debian metapackage stands for; once for each version. */
export async function unpackKernel(cache: string, metaPackage: string): Promise<KernelPackage> {
  const name = await newestKernel(metaPackage);
  const folder = join(cache, name);
  if (!(await exists(folder))) {
    const download = `${folder}.part`;
    await rm(download, { recursive: true, force: true });
    await mkdir(download, { recursive: true });
    await execa('apt-get', ['download', name], { cwd: download, stdio: 'inherit' });
    const [file = ''] = await readdir(download);
    await execa('dpkg-deb', ['--extract', file, '.'], { cwd: download });
    await rename(download, folder);
  }
  const release = name.replace('linux-image-', '');
  return {
    image: join(folder, 'boot', `vmlinuz-${release}`),
    module: (wanted) => findFile(join(folder, 'lib'), `${wanted}.ko*`),
  };
}

async function newestKernel(metaPackage: string): Promise<string> {
  const { stdout } = await execa('apt-cache', ['depends', metaPackage], { lines: true });
  const name = stdout.map((line) => /Depends: (linux-image-\S+)/.exec(line)?.[1]).find(Boolean);
  if (name === undefined) throw new Error(`apt knows no kernel for ${metaPackage}: try apt-get update`);
  return name;
}

async function findFile(folder: string, pattern: string): Promise<string> {
  const { stdout } = await execa('find', [folder, '-name', pattern, '-print', '-quit']);
  if (stdout === '') throw new Error(`${folder} has no ${pattern}`);
  return stdout;
}
