import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explaining } from './errors.js';

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
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
 * Like `replaceDurably`, but the name itself is durable only after `syncFolder`.
 * @throws PlantingFailed
 */
export async function replaceSynced(path: string, content: string | Uint8Array): Promise<void> {
  // A fixed name: only the daemon may write in its own folder, and what a crash left is written over.
  const next = `${path}.new`;
  await explaining(path, async () => {
    try {
      await writeSynced(next, content);
      await rename(next, path);
    } catch (error) {
      await unlink(next).catch(() => undefined);
      throw error;
    }
  });
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
