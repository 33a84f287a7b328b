import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigInvalid } from '../config/load-config.js';
import { printableText } from '../core/printable.js';

/**
 * Makes one of the daemon's own folders for root alone. Folders above it that are missing get
 * ordinary modes: the traps may lie there too, and others must reach them. Level by level, because
 * Node's recursive mkdir never ends below /proc.
 * @throws ConfigInvalid naming the configuration's key
 */
export async function makePrivateFolder(key: string, path: string): Promise<void> {
  try {
    await makeMissing(path, 0o700);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigInvalid(`${key}: ${printableText(path)} cannot be made: ${code ?? message}`);
  }
}

async function makeMissing(path: string, mode: number): Promise<void> {
  const code = await make(path, mode);
  if (code !== 'ENOENT' || dirname(path) === path) return fail(code, path);
  await makeMissing(dirname(path), 0o755);
  fail(await make(path, mode), path);
}

async function make(path: string, mode: number): Promise<string | undefined> {
  return mkdir(path, { mode }).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'UNKNOWN',
  );
}

function fail(code: string | undefined, path: string): void {
  if (code !== undefined && code !== 'EEXIST') throw Object.assign(new Error(path), { code });
}
