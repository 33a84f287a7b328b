import { chmod, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const sources = fileURLToPath(new URL('programs', import.meta.url));

/**
 * Compiles the access programs into a folder. Statically: they run in a bare root too, and no loader
 * opens files on their behalf.
 */
export async function compilePrograms(folder: string): Promise<(name: string) => string> {
  await chmod(folder, 0o755);
  const names = (await readdir(sources)).filter((name) => name.endsWith('.c'));
  await Promise.all(
    names.map((name) =>
      execa('gcc', [
        '-static',
        '-O1',
        '-Wall',
        '-o',
        join(folder, basename(name, '.c')),
        join(sources, name),
      ]),
    ),
  );
  return (name) => join(folder, name);
}
