import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Trap } from '../../src/core/trap.js';

/** Makes `count` files to be watched: more than the factory has kinds for. */
export async function makeTraps(folder: string, count: number): Promise<Trap[]> {
  const traps: Trap[] = [];
  for (let index = 0; index < count; index += 1) {
    const number = index.toString(16).padStart(8, '0');
    const content = contentOf(number);
    const path = join(folder, `passwords-${number}.txt`);
    await writeFile(path, content, { mode: 0o600 });
    const sha256 = createHash('sha256').update(content).digest('hex');
    traps.push({ id: `passwords-${number}`, kind: 'passwords', path, sha256, size: content.length });
  }
  return traps;
}

/** Gives the vault the copies that the factory would have sealed, so that evidence is kept as usual. */
export async function sealCopies(traps: readonly Trap[], stateDir: string): Promise<void> {
  const folder = join(stateDir, 'traps');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { id } of traps) await writeFile(join(folder, id), contentOf(id.slice(-8)), { mode: 0o600 });
}

const unique = randomBytes(8).toString('hex');

function contentOf(number: string): string {
  return `vpn admin ${unique}${number}\n`.repeat(20);
}
