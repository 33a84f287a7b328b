import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRuleBook } from '../../../src/attack/load-rules.js';
import { techniqueTable } from '../../support/technique-table.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

test('docs/techniques.md states the version and the table that the rules have', async () => {
  const book = await readRuleBook(root('resources/attack'));
  const document = await readFile(root('docs/techniques.md'), 'utf8');
  expect(document).toContain(`ATT&CK Enterprise ${book.attackVersion}`);
  expect(document).toContain(techniqueTable(book));
});
