import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const sources = fileURLToPath(new URL('programs', import.meta.url));
const parts = {
  attempts: ['attempts.c', 'ways.c', 'chain.c'],
  ransomware: ['ransomware.c'],
} as const;

/** Compiles a program of this folder into another and gives its path; any user can run it. */
export async function compileProgram(name: keyof typeof parts, folder: string): Promise<string> {
  await chmod(folder, 0o755);
  const program = join(folder, name);
  // Statically: no loader opens files on its behalf.
  const flags = ['-static', '-O1', '-Wall', '-pthread', '-o', program];
  await execa('gcc', [...flags, ...parts[name].map((part) => join(sources, part))]);
  return program;
}
