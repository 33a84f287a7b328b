import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** Content of a file that this user made; undefined when it is missing, no file, of somebody else or larger. */
export async function readKept(path: string, most: number): Promise<Buffer | undefined> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > most || facts.uid !== process.geteuid?.()) return undefined;
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Writes a file for its owner alone, whole or not at all.
 * @param mode other permissions than 0600
 */
export async function writeKept(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(content);
    // Set, not asked for: a umask may take it away.
    await file.chmod(mode);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}
