import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWorkshop } from './workshop.js';

test('notes lead to traps that lie there or come, and not to a place that is taken', async () => {
  await using workshop = await openWorkshop();
  await workshop.factory({ kinds: ['env'] }).plant();
  await writeFile(join(workshop.trapsDir, 'passwords.txt'), 'theirs');
  const { planted } = await workshop.factory({ kinds: ['readme', 'passwords', 'env', 'wp-config'] }).plant();
  expect(planted.map(({ kind }) => kind).sort()).toEqual(['readme', 'wp-config']);
  const notes = await readFile(planted.find(({ kind }) => kind === 'readme')?.path ?? '', 'utf8');
  for (const name of ['.env', 'wp-config.php']) expect(notes).toContain(join(workshop.trapsDir, name));
  expect(notes).not.toContain('passwords.txt');
});
