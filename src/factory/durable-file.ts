import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explaining } from './errors.js';
import { syncFileSystem } from './system-calls.js';

/** Makes the names in a folder durable, or everything on its file system. */
export async function syncFolder(folder: string, wholeFileSystem = false): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await (wholeFileSystem ? syncFileSystem(handle.fd) : handle.sync());
  } finally {
    await handle.close();
  }
}

/**
 * Replaces `path` (mode 0600) in one step; durable when it resolves. After a crash or a failure the
 * old content stands.
 * @throws PlantingFailed
 */
export async function replaceDurably(path: string, content: string | Uint8Array): Promise<void> {
  await replaceSynced(path, content);
  await explaining(path, () => syncFolder(dirname(path)));
}

/**
 * Like `replaceDurably`, but the name itself is durable only after `syncFolder`, and where `isSynced` is false the
 * content only after `syncFileSystem`.
 * @throws PlantingFailed
 */
export async function replaceSynced(
  path: string,
  content: string | Uint8Array,
  isSynced = true,
): Promise<void> {
  // A fixed name: only the daemon may write in its own folder, and what a crash left is written over.
  const next = `${path}.new`;
  await explaining(path, async () => {
    try {
      await write(next, content, isSynced);
      await rename(next, path);
    } catch (error) {
      await unlink(next).catch(() => undefined);
      throw error;
    }
  });
}

async function write(path: string, content: string | Uint8Array, isSynced: boolean): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(content);
    if (isSynced) await handle.sync();
  } finally {
    await handle.close();
  }
}
