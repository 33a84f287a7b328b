import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { Missing } from '../item.js';
import { type InstalledPackage, packagesAlone } from './installed-packages.js';
import type { Workload } from './workload.js';

const mostFiles = 1500;

/** Unpacks an archive of installed packages. */
export const unpack: Workload = {
  title: 'unpack a tar',
  runs: 2,
  async prepare(workspace) {
    const folder = await workspace.folder('tar');
    const archive = join(folder, 'packages.tar');
    const target = join(folder, 'unpacked');
    const packages = upTo(mostFiles, await packagesAlone());
    const [first] = packages;
    if (first === undefined) throw new Missing('no installed packages');
    const names = packages.map(({ name }) => name);
    await execa('tar', ['-cf', archive, '-C', dirname(first.folder), ...names]);
    return {
      reset: async () => {
        await rm(target, { recursive: true, force: true });
        await mkdir(target);
        // So that nobody pays for writing back what the run before left.
        await execa('sync', ['-f', target]);
      },
      run: async () => {
        await execa('tar', ['-xf', archive, '-C', target], { stdio: 'ignore' });
      },
    };
  },
};

function upTo(most: number, packages: readonly InstalledPackage[]): InstalledPackage[] {
  let files = 0;
  return packages.filter((one) => {
    const fits = files + one.files <= most;
    if (fits) files += one.files;
    return fits;
  });
}
