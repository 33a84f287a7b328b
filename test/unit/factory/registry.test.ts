import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RegistryCorrupt } from '../../../src/factory/errors.js';
import { newRegistry } from '../../../src/factory/registry.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

test('only the daemon may look into its state', async () => {
  await workshop.factory().plant();
  const modeOf = async (path: string) => (await stat(join(workshop.stateDir, path))).mode & 0o777;
  expect(await modeOf('.')).toBe(0o700);
  expect(await modeOf('traps')).toBe(0o700);
  expect(await modeOf('registry.json')).toBe(0o600);
  for (const trap of (await workshop.registry()).traps) expect(await modeOf(`traps/${trap.id}`)).toBe(0o600);
});

test.each([
  ['cut off', (text: string) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['of another version', (text: string) => text.replace('"version": 1', '"version": 2')],
  ['with a hostile id', (text: string) => text.replace(/"id": "[^"]*"/, '"id": "../../etc/shadow-00000000"')],
])('a registry %s is an error and is left as it is', async (_name, damage) => {
  await workshop.factory().plant();
  const path = join(workshop.stateDir, 'registry.json');
  const damaged = damage(await readFile(path, 'utf8'));
  await writeFile(path, damaged);
  await expect(workshop.factory().plant()).rejects.toThrow(RegistryCorrupt);
  await expect(workshop.factory().unplant()).rejects.toThrow(RegistryCorrupt);
  expect(await readFile(path, 'utf8')).toBe(damaged);
});

test('the vault has the content as planted, whatever became of the file, and nothing else', async () => {
  const factory = workshop.factory();
  const trap = (await factory.plant()).planted[0];
  if (!trap) throw new Error('nothing was planted');
  const planted = await readFile(trap.path);
  await writeFile(trap.path, 'changed');
  expect(Buffer.from((await factory.vault.content(trap.id)) ?? [])).toEqual(planted);
  expect(await factory.vault.content('passwords-00000000')).toBeUndefined();
  expect(await factory.vault.content('../registry.json')).toBeUndefined();
});

test('the seed of a story is one of more than anybody can try', () => {
  const seeds = Array.from({ length: 64 }, () => newRegistry('en', new Date()).seed);
  for (const seed of seeds) expect(Number.isSafeInteger(seed)).toBe(true);
  expect(Math.max(...seeds)).toBeGreaterThan(2 ** 50);
});
