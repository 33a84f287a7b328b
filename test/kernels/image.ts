import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, cp, realpath, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { debianArchive, writeArchive } from './debian-archive.js';
import { unpackKernel } from './kernel-package.js';

/** What the machine boots. */
export interface Image {
  readonly kernel: string;
  readonly initramfs: string;
}

/** Kernel modules that the tests need and Debian does not build in: a disk in a file, and overlays. */
const modules = ['loop', 'overlay'];

/** Builds the machine for a kernel package; what does not change between runs is kept in `cache`. */
export async function buildImage(cache: string, kernelPackage: string): Promise<Image> {
  const debian = await debianArchive(cache);
  const kernel = await unpackKernel(cache, kernelPackage);
  const tree = join(cache, 'tests');
  await rm(tree, { recursive: true, force: true });
  await copyApplication(join(tree, 'app'));
  await copy(process.execPath, join(tree, 'usr/bin/node'));
  for (const module of await Promise.all(modules.map((name) => kernel.module(name))))
    await copy(module, join(tree, 'modules', basename(module)));
  await copy('test/kernels/guest/init.sh', join(tree, 'init'));
  await chmod(join(tree, 'init'), 0o755);
  const tests = join(cache, 'tests.cpio');
  await writeArchive(tree, tests);
  // The kernel unpacks archives that follow each other one over the other.
  const initramfs = join(cache, 'initramfs');
  await pipeline(createReadStream(debian), createWriteStream(initramfs));
  await pipeline(createReadStream(tests), createWriteStream(initramfs, { flags: 'a' }));
  return { kernel: kernel.image, initramfs };
}

/** The sensor as it is compiled for production, the tests, and the packages they need. */
async function copyApplication(target: string): Promise<void> {
  await execa('node_modules/.bin/tsc', ['-p', 'test/kernels', '--outDir', target], { stdio: 'inherit' });
  for (const name of ['bpf', 'package.json']) await copy(name, join(target, name));
  // npm complains by its exit code about what is installed beside; the list is right all the same.
  const listed = await execa('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    lines: true,
    reject: false,
  });
  const packages = listed.stdout.map((path) => relative(process.cwd(), path)).filter((path) => path !== '');
  for (const path of packages) await copy(path, join(target, path));
}

async function copy(source: string, target: string): Promise<void> {
  await cp(await realpath(source), target, { recursive: true });
}
