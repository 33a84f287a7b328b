import type { Stats } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What of the host's /etc the sandbox shows. Only what every local user may read anyway, and never a
 * file with a secret: no shadow, gshadow, sudoers, ssh or ssl.
 */
export const mirroredEtc = [
  'adduser.conf',
  'bash.bashrc',
  'bash_completion',
  'bashrc',
  'crontab',
  'debian_version',
  'deluser.conf',
  'environment',
  'ethertypes',
  'fstab',
  'gai.conf',
  'group',
  'host.conf',
  'inputrc',
  'issue',
  'issue.net',
  'ld.so.cache',
  'ld.so.conf',
  'locale.alias',
  'locale.conf',
  'locale.gen',
  'localtime',
  'login.defs',
  'mime.types',
  'motd',
  'nanorc',
  'networks',
  'nsswitch.conf',
  'os-release',
  'pam.conf',
  'passwd',
  'profile',
  'protocols',
  'redhat-release',
  'rpc',
  'services',
  'shells',
  'ssh/ssh_config',
  'ssh/sshd_config',
  'sysctl.conf',
  'timezone',
  'wgetrc',
  'xattr.conf',
] as const;

/** Folders of /etc whose public files are shown, without the folders in them. */
export const mirroredEtcFolders = [
  'apt',
  'apt/sources.list.d',
  'profile.d',
  'skel',
  'update-motd.d',
] as const;

// A file beyond this is no configuration.
const mostBytes = 1024 * 1024;

/** A file of the mirrored root. */
export interface MirroredFile {
  /** Relative to the root. */
  readonly name: string;
  readonly content: Buffer;
  readonly modified: Date;
  readonly mode: number;
}

/** A symbolic link of the mirrored root. */
export interface MirroredLink {
  readonly name: string;
  readonly target: string;
}

/** Reads the mirrored part of /etc; files that this host does not have, or keeps to root, are left out. */
export async function readHostEtc(hostRoot: string): Promise<MirroredFile[]> {
  const inFolders = await Promise.all(
    mirroredEtcFolders.map(async (folder) => {
      const names = await readdir(join(hostRoot, 'etc', folder)).catch(() => []);
      return names.sort().map((name) => `${folder}/${name}`);
    }),
  );
  const names = [...mirroredEtc, ...inFolders.flat()];
  const files = await Promise.all(names.map((name) => readPublic(hostRoot, `etc/${name}`)));
  return files.filter((file) => file !== undefined);
}

/**
 * What is installed, as dpkg lists it, without this program's own package; undefined where the host has no dpkg.
 * RPM's database lies below /usr since Fedora 36 and is there anyway.
 */
export async function readPackageList(hostRoot: string): Promise<MirroredFile | undefined> {
  const name = 'var/lib/dpkg/status';
  const path = join(hostRoot, name);
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile() || facts.size > 32 * mostBytes) return undefined;
  const entries = (await readFile(path, 'latin1')).split('\n\n');
  const shown = entries.filter((entry) => !/^Package: phantom/mu.test(entry)).join('\n\n');
  return { name, content: Buffer.from(shown, 'latin1'), modified: facts.mtime, mode: 0o644 };
}

/** The links of /etc/alternatives, without which awk, editor or pager do not start. */
export async function readAlternatives(hostRoot: string): Promise<MirroredLink[]> {
  const folder = join(hostRoot, 'etc/alternatives');
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(
    names.sort().map(async (name) => {
      const target = await readlink(join(folder, name)).catch(() => undefined);
      return target === undefined ? undefined : { name: `etc/alternatives/${name}`, target };
    }),
  );
  return links.filter((link) => link !== undefined);
}

async function readPublic(hostRoot: string, name: string): Promise<MirroredFile | undefined> {
  const path = join(hostRoot, name);
  const facts: Stats | undefined = await stat(path).catch(() => undefined);
  if (facts === undefined || !facts.isFile() || (facts.mode & 0o004) === 0 || facts.size > mostBytes)
    return undefined;
  return { name, content: await readFile(path), modified: facts.mtime, mode: facts.mode & 0o755 };
}
