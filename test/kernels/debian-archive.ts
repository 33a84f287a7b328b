import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const suite = 'bookworm';
/** bpftrace is what is tested; the others mount, load modules and make a terminal. */
const packages = ['bpftrace', 'kmod', 'mount', 'util-linux', 'bsdutils', 'e2fsprogs', 'libstdc++6'];
const leftOut = ['doc', 'man', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);

/** A minimal Debian with its own bpftrace, as an initramfs archive; built once. Returns its path. */
export async function debianArchive(cache: string): Promise<string> {
  const archive = join(cache, `${suite}.cpio`);
  if (await exists(archive)) return archive;
  const tree = join(cache, `${suite}-root`);
  await rm(tree, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  const include = `--include=${packages.join(',')}`;
  await execa('mmdebstrap', ['--variant=minbase', include, ...leftOut, suite, tree], { stdio: 'inherit' });
  await writeArchive(tree, `${archive}.part`);
  await rename(`${archive}.part`, archive);
  await rm(tree, { recursive: true });
  return archive;
}

/** Packs a folder in the only format that the kernel unpacks at boot. */
export async function writeArchive(tree: string, archive: string): Promise<void> {
  const format = ['--create', '--null', '--format=newc', '--owner=0:0', '--quiet'];
  const names = execa('find', ['.', '-path', './dev/*', '-o', '-print0'], { cwd: tree, buffer: false });
  await names.pipe('cpio', format, { cwd: tree, stdout: { file: archive }, buffer: false });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
