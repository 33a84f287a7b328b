import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import { documentRoot } from './decoy-service.js';
import { type MirroredFile, type MirroredLink, readAlternatives, readHostEtc } from './host-etc.js';

/** Where the incident's evidence appears inside the sandbox. */
export const evidenceInside = '/var/lib/evidence';

const folders: readonly (readonly [name: string, mode: number])[] = [
  ...['boot', 'dev', 'etc', 'etc/alternatives', 'home', 'media', 'mnt', 'opt', 'proc', 'run', 'srv', 'sys'],
  ...['usr', 'var', 'var/cache', 'var/lib', 'var/log', 'var/www', documentRoot.slice(1)],
].map((name) => [name, 0o755] as const);

const privateFolders = [
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
  [evidenceInside.slice(1), 0o700],
] as const;

// https://systemd.io/THE_CASE_FOR_THE_USR_MERGE/ : these lie in /usr, of which the sandbox gets a view.
const mergedLinks = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'];

export interface MirrorSource {
  /** Root of the host's file system. */
  readonly hostRoot: string;
  /** Folder with the decoy's pages. */
  readonly pagesFolder: string;
}

/**
 * The root of the sandbox as a tar: what the host shows outside /usr, and the decoy's pages. The same
 * host state gives the same bytes.
 * @throws SandboxUnavailable when /bin is not merged into /usr
 */
export async function buildMirrorRoot({ hostRoot, pagesFolder }: MirrorSource): Promise<Buffer> {
  const installed = await installationTime(hostRoot);
  const [links, alternatives, etc, pages] = await Promise.all([
    readMergedLinks(hostRoot),
    readAlternatives(hostRoot),
    readHostEtc(hostRoot),
    readPages(pagesFolder, installed),
  ]);
  const archive = pack();
  for (const [name, mode] of [...folders, ...privateFolders])
    archive.entry({ name: `${name}/`, type: 'directory', mode, mtime: installed });
  for (const { name, target } of [...links, ...alternatives])
    archive.entry({ name, type: 'symlink', linkname: target, mtime: installed });
  for (const { name, content, modified } of [...etc, ...pages])
    archive.entry({ name, mode: 0o644, mtime: modified }, content);
  archive.finalize();
  return buffer(archive);
}

// Folders dated "now" would betray a root made a second ago, and change the image at every start.
async function installationTime(hostRoot: string): Promise<Date> {
  const facts = await stat(join(hostRoot, 'etc/os-release')).catch(() => undefined);
  return facts?.mtime ?? new Date(0);
}

async function readMergedLinks(hostRoot: string): Promise<MirroredLink[]> {
  const links: MirroredLink[] = [];
  for (const name of mergedLinks) {
    const target = await readlink(join(hostRoot, name)).catch(() => undefined);
    if (target !== undefined) links.push({ name, target });
  }
  if (!links.some(({ name }) => name === 'bin'))
    throw new SandboxUnavailable(
      '/bin of this host is not a link into /usr; the sandbox needs a merged /usr',
    );
  return links;
}

async function readPages(folder: string, modified: Date): Promise<MirroredFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => ({
      name: join(documentRoot.slice(1), relative(folder, path)),
      content: await readFile(path),
      modified,
    })),
  );
}
