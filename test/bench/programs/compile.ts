import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { Missing } from '../item.js';
import type { Workspace } from '../workspace.js';

/**
 * Path of a program of this folder, compiled for this run: a loop in JavaScript would measure Node.
 * @throws Missing where there is no C compiler
 */
export async function compileProgram(workspace: Workspace, name: string): Promise<string> {
  const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
  const program = join(workspace.root, name);
  const result = await execa('gcc', ['-O2', '-o', program, source], { reject: false });
  if (result.code === 'ENOENT') throw new Missing('needs gcc');
  if (result.failed) throw new Error(`${name}.c does not compile: ${result.stderr}`);
  return program;
}
