import { opendirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FileIdentity } from './file-identity.js';

// Synchronous reads on purpose: a procfs read takes 2-4 us, a trip to the thread pool ten times that.
// And never stat(2): it would ask the file's own file system, which may be a user's (FUSE) and hang
// the daemon for ever. readlink and fdinfo are answered by the kernel alone.

/** A process may open a million files to keep the daemon busy. */
const mostDescriptors = 4096;

/** Which of the wanted files one process has open, by the names of its descriptors. */
export function openByName(root: string, pid: number, wanted: readonly FileIdentity[]): FileIdentity[] {
  const targets = new Set(descriptors(root, pid).map((descriptor) => descriptor.target));
  return wanted.filter(({ path }) => targets.has(path));
}

/**
 * Which of the wanted files one process has open under any name: hard links, bind mounts, other
 * mount namespaces. Needs the `ino:` of fdinfo (Linux 5.14), and finds nothing on btrfs, where
 * stat(2) and mountinfo name different devices.
 */
export function openByInode(root: string, pid: number, wanted: readonly FileIdentity[]): FileIdentity[] {
  const found = new Set<FileIdentity>();
  for (const { number, target } of descriptors(root, pid)) {
    if (!target.startsWith('/') || target.startsWith('/dev/')) continue;
    const info = text(join(root, String(pid), 'fdinfo', number));
    const inode = /^ino:\t(\d+)$/m.exec(info)?.[1];
    for (const file of wanted) {
      if (inode === String(file.inode) && deviceOf(root, pid, info) === file.device) found.add(file);
    }
  }
  return [...found];
}

function descriptors(root: string, pid: number): { number: string; target: string }[] {
  const folder = join(root, String(pid), 'fd');
  return namesIn(folder).map((number) => ({ number, target: link(join(folder, number)) }));
}

function namesIn(folder: string): string[] {
  const names: string[] = [];
  try {
    const entries = opendirSync(folder);
    for (
      let entry = entries.readSync();
      entry && names.length < mostDescriptors;
      entry = entries.readSync()
    ) {
      names.push(entry.name);
    }
    entries.closeSync();
  } catch {
    // Gone, or not for this user to see: what was read until then stands.
  }
  return names;
}

function deviceOf(root: string, pid: number, fdinfo: string): string | undefined {
  const mount = /^mnt_id:\t(\d+)$/m.exec(fdinfo)?.[1];
  if (mount === undefined) return undefined;
  const line = text(join(root, String(pid), 'mountinfo'))
    .split('\n')
    .find((one) => one.startsWith(`${mount} `));
  return line?.split(' ')[2];
}

function link(path: string): string {
  try {
    return readlinkSync(path, { encoding: 'buffer' }).toString('latin1');
  } catch {
    return '';
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
