import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from './durable-file.js';
import { manifestName } from './evidence-name.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;

const chunkBytes = 256 * 1024;

/** Most bytes that a file adds to the checksums. */
export function manifestLineBytes(name: string): number {
  return 64 + 2 + name.length + 1 + 1;
}

/**
 * Adds a saved file to its incident's checksums unless it is listed. What the file holds on disk is
 * what counts, so a crash between file and line heals when the file is saved again.
 */
export async function listInManifest(incidentFolder: string, name: string): Promise<void> {
  const line = `${await checksum(join(incidentFolder, name))}  ${name}\n`;
  const path = join(incidentFolder, manifestName);
  const manifest = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    await append(manifest, line, name);
  } finally {
    await manifest.close();
  }
  await syncFolder(dirname(path));
}

async function append(manifest: FileHandle, line: string, name: string): Promise<void> {
  const listed = (await manifest.readFile('utf8')).split('\n');
  if (listed.some((one) => one.slice(66) === name)) return;
  // A line torn by a crash must not swallow this one.
  const torn = listed.at(-1) !== '';
  await manifest.appendFile(torn ? `\n${line}` : line);
  await manifest.sync();
}

async function checksum(path: string): Promise<string> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
