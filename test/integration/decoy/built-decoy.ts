import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The parts of the decoy as `npm run build` makes them, with other services in the place of the real ones. */
export interface BuiltDecoy {
  /** For `DecoyGatewayOptions.built`. */
  readonly built: string;
  /** A folder above it that nobody but root may enter, for whatever a test keeps. */
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * `services`: a source file of this folder that exports `services`; the real ones when absent. Below /root: nobody can
 * read it there.
 */
export async function buildDecoy(services?: string): Promise<BuiltDecoy> {
  const folder = await mkdtemp('/root/phantom-decoy-test-');
  const built = join(folder, 'package/dist');
  for (const part of ['core', 'decoy']) await transpileFolder(join(root, 'src', part), join(built, part));
  if (services !== undefined)
    await transpile(
      join(root, 'test/integration/decoy', services),
      join(built, 'decoy/services/services.js'),
    );
  await cp(join(root, 'resources/decoy'), join(folder, 'package/resources/decoy'), { recursive: true });
  await symlink(await realpath(join(root, 'node_modules')), join(folder, 'package/node_modules'));
  await copyFile(join(root, 'package.json'), join(folder, 'package/package.json'));
  return { built, folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function transpileFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isDirectory()) await transpileFolder(source, join(to, entry.name));
    else if (entry.name.endsWith('.ts'))
      await transpile(source, join(to, entry.name.replace(/\.ts$/, '.js')));
  }
}

async function transpile(from: string, to: string): Promise<void> {
  const options = {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    fileName: from,
  };
  await writeFile(to, ts.transpileModule(await readFile(from, 'utf8'), options).outputText);
}
