import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Locale, personaFrom } from '../../../src/factory/persona.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const inLanguage = (locale: Locale) => workshop.factory({ locale, kinds: ['passwords', 'env'] });
const readTrap = (name: string) => readFile(join(workshop.trapsDir, name), 'utf8');

test('the first planting fixes seed and language of the story', async () => {
  await inLanguage('de').plant();
  const { seed, locale } = await workshop.registry();
  expect(locale).toBe('de');
  const { domain, administrator } = personaFrom(seed, 'de');
  expect(await readTrap('passwords.txt')).toContain(domain);
  expect(await readTrap('passwords.txt')).toContain(administrator.email);
});

test('another language in the configuration does not change a story that has traps', async () => {
  await workshop.factory({ locale: 'de', kinds: ['passwords'] }).plant();
  const before = await workshop.registry();
  await inLanguage('ru').plant();
  const after = await workshop.registry();
  expect([after.seed, after.locale]).toEqual([before.seed, 'de']);
  expect(await readTrap('.env')).toContain(personaFrom(after.seed, 'de').domain);
});

test('with all traps gone, the next planting speaks the language of the configuration', async () => {
  await inLanguage('de').plant();
  await inLanguage('ru').unplant();
  await inLanguage('ru').plant();
  const { seed, locale } = await workshop.registry();
  expect(locale).toBe('ru');
  expect(await readTrap('.env')).toContain(personaFrom(seed, 'ru').domain);
});

test('a registry that knows no language yet is told in English', async () => {
  await inLanguage('en').plant();
  const path = join(workshop.stateDir, 'registry.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/\n *"locale": "en",/, ''));
  expect(await workshop.registry()).not.toHaveProperty('locale');
  await inLanguage('de').plant();
  expect((await workshop.registry()).locale).toBe('en');
});
