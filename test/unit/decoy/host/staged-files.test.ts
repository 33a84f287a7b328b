import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { childPackages } from '../../../../src/decoy/host/staged-files.js';

const decoy = fileURLToPath(new URL('../../../../src/decoy/', import.meta.url));

/** Packages that a source file has at run time. */
function packagesOf(source: string): string[] {
  const imports = source.matchAll(
    /^(?:import|export) (?!type )[^;]*?from '([^'.][^']*)'|import\('([^'.][^']*)'\)/gms,
  );
  return (
    [...imports]
      .map(([, from, dynamic]) => from ?? dynamic ?? '')
      // Workers of sources are started with it in tests alone.
      .filter((name) => !name.startsWith('node:') && !name.startsWith('tsx'))
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
  );
}

it('every package that the process of visitors imports is among those that it is given', () => {
  const sources = ['link', 'services'].flatMap((part) =>
    readdirSync(`${decoy}${part}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`${decoy}${part}/${name}`, 'utf8')),
  );
  const used = sources.flatMap(packagesOf);
  expect(used).toContain('zod');
  for (const name of used) expect(childPackages).toContain(name);
});
