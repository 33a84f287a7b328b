import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packagesAlone } from './installed-packages.js';
import type { Workload } from './workload.js';

const mostPackages = 20;
const mostFilesEach = 100;

/** Installs packages from archives that `npm pack` made of this project's own: no network. */
export const npmCi: Workload = {
  title: 'npm ci --offline',
  runs: 1,
  async prepare(workspace) {
    const folder = await workspace.folder('npm');
    const packages = (await packagesAlone())
      .filter(({ files }) => files <= mostFilesEach)
      .slice(0, mostPackages);
    const cache = join(folder, 'cache');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
    const npm = (...args: string[]) =>
      execa('npm', [...args, '--offline', ...quiet, '--cache', cache, '--userconfig', '/dev/null'], {
        cwd: folder,
        stdin: 'ignore',
      });
    await mkdir(join(folder, 'packed'));
    const folders = packages.map((one) => one.folder);
    const { stdout } = await npm('pack', '--json', '--pack-destination', join(folder, 'packed'), ...folders);
    const packed = JSON.parse(stdout) as { name: string; filename: string }[];
    const dependencies = Object.fromEntries(
      packed.map(({ name, filename }) => [name, `file:packed/${filename}`]),
    );
    const manifest = { name: 'bench', version: '1.0.0', private: true, dependencies };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    await npm('install', '--package-lock-only');
    return {
      // `npm ci` begins by removing what is there.
      reset: async () => {},
      run: async () => {
        await npm('ci');
      },
    };
  },
};
