import { read, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findMount, type Mount, mayNotAnswer, parseOpenFile } from '../core/mount-table.js';
import { memoryMount } from './memory-mount.js';

const ownMounts = '/proc/self/mountinfo';
const chunkBytes = 64 * 1024;
const readAt = promisify(read);

/** Path of a `mountinfo`, an open descriptor of one, or what it was. */
export type MountTable = string | number | Buffer;

/**
 * Whether a descriptor's file lies on a file system that may never answer, by the tables of mounts that
 * are looked through in turn. Undefined when none of them has its mount: nothing is known of it then.
 */
export async function isServedElsewhere(
  descriptor: number,
  mountTables: readonly MountTable[],
): Promise<boolean | undefined> {
  const { mount: id } = parseOpenFile(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'));
  const mount = await mountIn(mountTables, id);
  if (mount !== undefined) return mayNotAnswer(mount, await textOf(ownMounts));
  // Files that lie in memory alone (memfd_create(2)) are on a mount of the kernel's own.
  return id !== '' && id === (await memoryMount()) ? false : undefined;
}

async function mountIn(tables: readonly MountTable[], id: string): Promise<Mount | undefined> {
  for (const table of tables) {
    const mount = findMount(await textOf(table), id);
    if (mount !== undefined) return mount;
  }
  return undefined;
}

async function textOf(table: MountTable): Promise<string> {
  try {
    if (typeof table === 'string') return await readFile(table, 'latin1');
    return (typeof table === 'number' ? await contentOf(table) : table).toString('latin1');
  } catch {
    return '';
  }
}

/** From its beginning, however often. */
async function contentOf(descriptor: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await readAt(descriptor, Buffer.alloc(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
