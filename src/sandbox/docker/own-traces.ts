import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of this package: three folders above this file, whether it is built or a source. */
const ownFolder = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

/**
 * Folders inside that would show this program, as `npm install --global` leaves it below the host's /usr: who looks
 * around there would know at once where they are. A program in /usr/bin itself cannot be covered.
 */
export function ownTraces(hostUsr: string, packageFolder = ownFolder): readonly string[] {
  const traces: string[] = [];
  if (packageFolder.startsWith(`${hostUsr}/`)) {
    // Its name alone says enough.
    const parent = dirname(packageFolder);
    const folder = basename(parent) === 'node_modules' ? parent : packageFolder;
    traces.push(`/usr${folder.slice(hostUsr.length)}`);
  }
  if (lstatSync(join(hostUsr, 'local/bin/phantomd'), { throwIfNoEntry: false }) !== undefined)
    traces.push('/usr/local/bin');
  return traces;
}
