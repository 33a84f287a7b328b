import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * File systems served by somebody who may never answer, the intruder among them: asked for a page,
 * they could hold a thread of the daemon for ever.
 */
export const servedElsewhere = /^(?:fuse|9p|nfs|cifs|smb|afs|ceph|autofs|virtiofs)/;

/** Path of a `mountinfo`, or what it was. */
export type MountTable = string | Buffer;

/**
 * Whether a descriptor's file lies on such a file system, by the tables of mounts that
 * are looked through in turn. Undefined when none of them has its mount.
 */
export async function isServedElsewhere(
  descriptor: number,
  mountTables: readonly MountTable[],
): Promise<boolean | undefined> {
  const type = await fileSystemOf(descriptor, mountTables);
  return type === undefined ? undefined : servedElsewhere.test(type);
}

async function fileSystemOf(
  descriptor: number,
  mountTables: readonly MountTable[],
): Promise<string | undefined> {
  const mount = /^mnt_id:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
  for (const table of mountTables) {
    const line = mount && (await mountLine(table, mount));
    // proc_pid_mountinfo(5): optional fields end with a lone dash, then comes the type.
    if (line) return line.split(' - ')[1]?.split(' ')[0];
  }
  return undefined;
}

async function mountLine(table: MountTable, mount: string): Promise<string | undefined> {
  try {
    const content = typeof table === 'string' ? await readFile(table) : table;
    return content
      .toString('latin1')
      .split('\n')
      .find((line) => line.startsWith(`${mount} `));
  } catch {
    return undefined;
  }
}
