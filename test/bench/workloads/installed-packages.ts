import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
  readonly files: number;
}

/** Packages of node_modules that need no other package, by name. */
export async function packagesAlone(): Promise<InstalledPackage[]> {
  const alone: InstalledPackage[] = [];
  for (const entry of await readdir(modules)) {
    const folder = join(modules, entry);
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest === undefined) continue;
    const { name, dependencies, optionalDependencies, peerDependencies, os, cpu } = JSON.parse(manifest);
    const needs = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    if (name !== entry || Object.keys(needs).length > 0 || os !== undefined || cpu !== undefined) continue;
    alone.push({ name, folder, files: (await readdir(folder, { recursive: true })).length });
  }
  return alone.sort((one, other) => (one.name < other.name ? -1 : 1));
}
