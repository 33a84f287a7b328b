import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesOf, openWorkshop, quickKinds, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

test('removes every trap, the folders made for them and the sealed copies; the story stays', async () => {
  const factory = workshop.factory({ trapsDir: join(workshop.folder, 'deep', 'er', 'files') });
  const { planted } = await factory.plant();
  const { seed } = await workshop.registry();
  expect(await factory.unplant()).toEqual({ removed: planted, left: [] });
  expect(await readdir(workshop.folder)).toEqual(['state']);
  expect(await readdir(join(workshop.stateDir, 'traps'))).toEqual([]);
  expect(await workshop.registry()).toEqual({
    version: 1,
    seed,
    locale: 'en',
    begunAt: expect.any(String),
    folders: [],
    temporaries: [],
    traps: planted.map(({ id }) => expect.objectContaining({ id, retiredAt: expect.any(String) })),
  });
});

test('secrets and logins of what was removed, changed or replaced before stay known', async () => {
  const factory = workshop.factory({ kinds: ['env', 'passwords'] });
  await factory.plant();
  await factory.plant({ rotates: ({ kind }) => kind === 'env' });
  await writeFile(join(workshop.trapsDir, 'passwords.txt'), 'changed');
  const before = (await workshop.registry()).traps;
  expect(before).toHaveLength(3);
  await factory.unplant();
  const after = (await workshop.registry()).traps;
  const told = ({ id, secrets, logins }: (typeof before)[number]) => ({ id, secrets, logins });
  expect(after.map(told)).toEqual(before.map(told));
  expect(after.every(({ retiredAt }) => retiredAt !== undefined)).toBe(true);
  expect(await factory.list()).toEqual([]);
});

test('leaves a changed trap and a folder with files of others, and says why', async () => {
  const factory = workshop.factory();
  await factory.plant();
  const changed = join(workshop.trapsDir, 'passwords.txt');
  const foreign = join(workshop.trapsDir, 'notes.md');
  await writeFile(changed, 'changed');
  await writeFile(foreign, 'mine');
  const { removed, left } = await factory.unplant();
  expect(removed).toHaveLength(filesOf(quickKinds) - 1);
  expect(left).toEqual([
    { path: changed, reason: 'its content was changed after planting' },
    { path: workshop.trapsDir, reason: `${workshop.trapsDir} is not empty` },
  ]);
  expect((await readdir(workshop.trapsDir)).sort()).toEqual(['notes.md', 'passwords.txt']);
  expect(await readFile(changed, 'utf8')).toBe('changed');
});

test('a folder that was there before stays, even empty', async () => {
  await mkdir(workshop.trapsDir, { mode: 0o755 });
  await workshop.factory().plant();
  expect((await workshop.factory().unplant()).left).toEqual([]);
  expect(await readdir(workshop.trapsDir)).toEqual([]);
});

test('a folder in the place of one that was made is not removed', async () => {
  await workshop.factory().plant();
  await rm(workshop.trapsDir, { recursive: true });
  // Takes the freed inode numbers, so that the new folder has another.
  for (let number = 0; number < 64; number += 1) await mkdir(join(workshop.folder, `taken-${number}`));
  await mkdir(workshop.trapsDir);
  expect(await workshop.factory().unplant()).toEqual({ removed: [], left: [] });
  expect((await lstat(workshop.trapsDir)).isDirectory()).toBe(true);
});

test('without a registry there is nothing to do and nothing is made', async () => {
  expect(await workshop.factory().unplant()).toEqual({ removed: [], left: [] });
  expect(await readdir(workshop.folder)).toEqual([]);
});

test('planting after unplanting tells the same story with new secrets', async () => {
  const factory = workshop.factory({ kinds: ['env'] });
  const story = async () =>
    (await readFile(join(workshop.trapsDir, '.env'), 'utf8')).match(/^APP_URL=.*$/m)?.[0];
  const [first] = (await factory.plant()).planted;
  const before = await story();
  await factory.unplant();
  const [second] = (await factory.plant()).planted;
  expect(await story()).toBe(before);
  expect(second?.sha256).not.toBe(first?.sha256);
});
