import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { DecoyUnavailable } from '../../core/ports/decoy.js';
import { printableText } from '../../core/printable.js';

/** What the child is made of, in the folder of the built files. */
const parts = ['core', 'decoy/link', 'decoy/services'];
/** Packages that they import; a test holds this list to the sources. */
export const childPackages: readonly string[] = [
  '@electric-sql/pglite',
  '@faker-js/faker',
  'nunjucks',
  'ssh2',
  'yaml',
  'zod',
];

const wanted = new Set(['.js', '.cjs', '.mjs', '.json', '.wasm', '.data']);
const unwanted = new Set(['test', 'tests', 'examples']);

export interface StagedFiles {
  /** Everything is below it. */
  readonly folder: string;
  /** The child's program. */
  readonly program: string;
}

/** Folder of one installation's copies: two on one host, told apart by their keys, never take each other's. */
export function stagingFolder(keysFolder: string, runFolder = '/run'): string {
  return `${runFolder}/phantom-decoy-${createHash('sha256').update(keysFolder).digest('hex').slice(0, 12)}`;
}

/**
 * Copies what the child reads to a folder that everybody may read and only root may change. The package itself may
 * lie where nobody gets (`/root`, a strict umask); and this way the child can be let read one folder and no other.
 * An older copy in its place is replaced.
 * @throws DecoyUnavailable
 */
export async function stageFiles(built: string, folder: string): Promise<StagedFiles> {
  try {
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder);
    await makeFolder(join(folder, 'dist'));
    for (const part of parts) await copyFolder(join(built, part), join(folder, 'dist', part));
    await copyIfThere(join(built, '../resources/decoy'), join(folder, 'resources/decoy'));
    await writeReadable(join(folder, 'package.json'), '{"type":"module","private":true}\n');
    const copied = new Map<string, string>();
    for (const name of childPackages) await copyPackage(name, built, folder, copied);
    return { folder, program: join(folder, 'dist/decoy/services/main.js') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DecoyUnavailable(
      `its files cannot be copied to ${printableText(folder)}: ${code ?? printableText(message).slice(0, 300)}`,
    );
  }
}

/** With what it needs in turn, each beside the others as npm has it; another version of one goes below its user. */
async function copyPackage(
  name: string,
  from: string,
  to: string,
  copied: Map<string, string>,
): Promise<void> {
  const source = await findPackage(name, from);
  if (source === undefined) return;
  const target = join(to, 'node_modules', name);
  if (copied.get(target) === source) return;
  if (copied.has(target)) throw new Error(`two versions of ${name}`);
  copied.set(target, source);
  await copyFolder(source, target);
  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const needed of Object.keys(manifest.dependencies ?? {})) {
    const isNested = (await findPackage(needed, source))?.startsWith(`${source}/`);
    if (!isNested) await copyPackage(needed, source, to, copied);
  }
}

/** As Node finds it from a folder: in `node_modules` there and above. */
async function findPackage(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = await realpath(join(folder, 'node_modules', name)).catch(() => undefined);
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && !unwanted.has(entry.name)) await copyFolder(source, target);
    else if (entry.isFile() && wanted.has(extname(entry.name))) await copyReadable(source, target);
  }
}

/** Everything of a folder, whatever its kind. */
async function copyIfThere(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  if (entries.length > 0) await makeFolder(to);
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyIfThere(source, target);
    else if (entry.isFile()) await copyReadable(source, target);
  }
}

// Modes are set, not asked for: the daemon's umask may take them away.
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
}

async function copyReadable(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o644);
}

async function writeReadable(path: string, content: string): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o644);
}

/** Where the built files are: beside this one, or in `dist` when this one is a source. */
export function builtFolder(here = import.meta.url): string {
  const folder = new URL(here.endsWith('.ts') ? '../../../dist/' : '../../', here);
  return decodeURIComponent(folder.pathname).replace(/\/$/, '');
}
