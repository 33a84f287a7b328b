import { readFile, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import { type Inhabitants, inhabit } from '../look/accounts.js';
import { filePiece, folderPiece, type Piece, packPieces } from '../look/piece.js';
import { storyPieces } from '../look/story-etc.js';
import { hiddenShell } from './disguise-scripts.js';
import {
  type MirroredFile,
  mirroredEtcFolders,
  readAlternatives,
  readHostEtc,
  readPackageList,
} from './host-etc.js';

const folders = [
  ...[
    'boot',
    'dev',
    'etc',
    'etc/alternatives',
    'etc/ssh',
    'home',
    'media',
    'mnt',
    'opt',
    'proc',
    'run',
    'srv',
  ],
  ...mirroredEtcFolders.map((name) => `etc/${name}`),
  ...['sys', 'usr', 'var', 'var/backups', 'var/cache', 'var/lib', 'var/lib/dpkg', 'var/lib/dpkg/info'],
  ...[
    'var/lib/dpkg/updates',
    'var/lib/misc',
    'var/lib/systemd',
    'var/local',
    'var/log',
    'var/mail',
    'var/opt',
  ],
  ...['var/spool', 'var/spool/cron', 'var/www', 'var/www/html'],
];

const folderModes: readonly (readonly [name: string, mode: number])[] = [
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
];

// https://systemd.io/THE_CASE_FOR_THE_USR_MERGE/ : these lie in /usr, of which the sandbox gets a view.
const mergedLinks = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'];

export interface MirrorSource {
  /** Root of the host's file system. */
  readonly hostRoot: string;
  /** What is shown as /usr. */
  readonly hostUsr: string;
  readonly story: DecoyStory;
}

/** The root that all sandboxes share, and who lives in it. */
export interface Mirror {
  /** As a tar; the same host and story give the same bytes. */
  readonly root: Buffer;
  readonly inhabitants: Inhabitants;
  /** Files of /etc/skel, by name. */
  readonly skeleton: ReadonlyMap<string, Buffer>;
  /** When the host was installed. */
  readonly installed: Date;
}

/**
 * What the host shows outside /usr, with the story's people in it.
 * @throws SandboxUnavailable when /bin is not merged into /usr or there is no bash
 */
export async function buildMirror({ hostRoot, hostUsr, story }: MirrorSource): Promise<Mirror> {
  const installed = await installationTime(hostRoot);
  const [links, etc, packages, shell] = await Promise.all([
    readLinks(hostRoot, installed),
    readHostEtc(hostRoot),
    readPackageList(hostRoot),
    readShell(hostUsr),
  ]);
  const inhabitants = inhabit(contentOf(etc, 'etc/passwd'), contentOf(etc, 'etc/group'), story.accounts);
  const told = storyPieces(story, inhabitants, installed);
  const copied = [...etc, ...(packages ? [packages] : [])]
    .filter(({ name }) => !told.some(({ path }) => path === name))
    .map(({ name, content, modified, mode }) => filePiece(name, content, modified, mode));
  const root = await packPieces([
    ...folders.map((name) => folderPiece(name, 0o755, installed)),
    ...folderModes.map(([name, mode]) => folderPiece(name, mode, installed)),
    ...inhabitants.accounts
      .filter(({ uid }) => uid !== 0)
      .map((account) => homeFolder(account.home, account, installed)),
    ...links,
    ...copied,
    ...told,
    filePiece(hiddenShell.slice(1), shell, installed, 0o111),
  ]);
  const skeleton = new Map(
    etc
      .filter(({ name }) => name.startsWith('etc/skel/'))
      .map(({ name, content }) => [basename(name), content]),
  );
  return { root, inhabitants, skeleton, installed };
}

function homeFolder(
  home: string,
  owner: { readonly uid: number; readonly gid: number },
  modified: Date,
): Piece {
  // The engine gives a tmpfs the mode of the folder that it covers, whatever mode it was asked for.
  return folderPiece(home.slice(1), 0o700, modified, owner);
}

function contentOf(files: readonly MirroredFile[], name: string): string {
  return files.find((file) => file.name === name)?.content.toString('utf8') ?? '';
}

// Folders dated "now" would betray a root made a second ago, and change the image at every start.
async function installationTime(hostRoot: string): Promise<Date> {
  const facts = await stat(join(hostRoot, 'etc/os-release')).catch(() => undefined);
  return facts?.mtime ?? new Date(0);
}

async function readShell(hostUsr: string): Promise<Buffer> {
  return readFile(join(hostUsr, 'bin/bash')).catch(() => {
    throw new SandboxUnavailable('the host has no /usr/bin/bash, which the sandbox needs');
  });
}

async function readLinks(hostRoot: string, modified: Date): Promise<Piece[]> {
  const links: { readonly name: string; readonly target: string }[] = [];
  for (const name of mergedLinks) {
    const target = await readlink(join(hostRoot, name)).catch(() => undefined);
    if (target !== undefined) links.push({ name, target });
  }
  if (!links.some(({ name }) => name === 'bin'))
    throw new SandboxUnavailable(
      '/bin of this host is not a link into /usr; the sandbox needs a merged /usr',
    );
  const more = [...(await readAlternatives(hostRoot)), { name: 'var/run', target: '/run' }];
  return [...links, ...more, { name: 'var/lock', target: '/run/lock' }].map(({ name, target }) => ({
    path: name,
    target,
    modified,
    mode: 0o777,
    uid: 0,
    gid: 0,
  }));
}
