import type { Stats } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What of the host's /etc the sandbox shows. Only what every local user may read anyway, and never a
 * file with a secret: no shadow, gshadow, sudoers, ssh or ssl.
 */
export const mirroredEtc = [
  'bash.bashrc',
  'debian_version',
  'group',
  'issue',
  'ld.so.cache',
  'ld.so.conf',
  'localtime',
  'login.defs',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'profile',
  'protocols',
  'redhat-release',
  'services',
  'shells',
  'timezone',
] as const;

/** A file of the mirrored root. */
export interface MirroredFile {
  /** Relative to the root. */
  readonly name: string;
  readonly content: Buffer;
  readonly modified: Date;
}

/** A symbolic link of the mirrored root. */
export interface MirroredLink {
  readonly name: string;
  readonly target: string;
}

/** Reads the mirrored part of /etc; files that this host does not have, or keeps to root, are left out. */
export async function readHostEtc(hostRoot: string): Promise<MirroredFile[]> {
  const files = await Promise.all(mirroredEtc.map((name) => readPublic(hostRoot, `etc/${name}`)));
  return files.filter((file) => file !== undefined);
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
  if (facts === undefined || !facts.isFile() || (facts.mode & 0o004) === 0) return undefined;
  const content = await readFile(path);
  return { name, content: name === 'etc/passwd' ? withoutHashes(content) : content, modified: facts.mtime };
}

// passwd(5) still allows a password hash in the second field.
function withoutHashes(passwd: Buffer): Buffer {
  const text = passwd.toString('latin1').replaceAll(/^([^:\n]*):[^:\n]*:/gmu, '$1:x:');
  return Buffer.from(text, 'latin1');
}
