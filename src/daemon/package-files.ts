import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** Files that come with the package, wherever it was installed. Absolute paths. */
export const packageFiles = {
  bpf: fileURLToPath(new URL('bpf', root)),
  resources: fileURLToPath(new URL('resources', root)),
  defaultConfig: fileURLToPath(new URL('config/phantom.yaml', root)),
  strandedWatcher: fileURLToPath(new URL('deploy/stranded-watcher.sh', root)),
  main: fileURLToPath(new URL('dist/main.js', root)),
} as const;

/** Version of this package. */
export function packageVersion(): string {
  const manifest = readFileSync(new URL('package.json', root), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
