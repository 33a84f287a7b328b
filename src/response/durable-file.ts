import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EvidenceContent } from '../core/ports/evidence-store.js';
import { EvidenceRefused } from './evidence-name.js';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/**
 * Makes a folder (0700) whose parent exists; one that is there is kept.
 * @throws EvidenceRefused when something else, such as a link, has its name
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (!(await lstat(path)).isDirectory()) throw new EvidenceRefused(`${path} is not a folder`);
    return;
  }
  await syncFolder(dirname(path));
}

/**
 * Writes a new file (0400), whole and on disk or not at all. Returns false when the name was taken,
 * and leaves that file as it was.
 * @throws EvidenceRefused for content larger than it was told
 */
export async function writeNewFile(path: string, content: EvidenceContent): Promise<boolean> {
  const folder = dirname(path);
  const temporary = join(folder, `.${randomBytes(12).toString('hex')}`);
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o400);
  try {
    await write(file, content);
    await file.sync();
    await file.close();
    // link(2) instead of rename(2): it fails where the name is taken, so the first content stays.
    await link(temporary, path);
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    await file.close().catch(() => undefined);
    await unlink(temporary);
    await syncFolder(folder);
  }
  return true;
}

async function write(file: FileHandle, content: EvidenceContent): Promise<void> {
  if (content instanceof Uint8Array) {
    await file.writeFile(content);
    return;
  }
  let left = content.bytes;
  for await (const chunk of content.chunks()) {
    left -= chunk.length;
    if (left < 0) throw new EvidenceRefused(`more than the ${content.bytes} bytes that were told`);
    await file.writeFile(chunk);
  }
}

/** Puts a folder's entries on disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'EEXIST';
}
