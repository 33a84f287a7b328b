import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshKeys, type KeyPair, type KeyPool } from '../../../src/factory/key-pool.js';
import { KeyStore } from '../../../src/factory/key-store.js';

let stateDir: string;
let told: string[];
let made: number;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'keys-'));
  told = [];
  made = 0;
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

// Short keys, so that a test makes many.
const source: KeyPool = {
  ...freshKeys,
  rsa: async () => {
    made += 1;
    return generateKeyPairSync('rsa', { modulusLength: 512 });
  },
};
const open = (size: number) =>
  new KeyStore({
    folder: folder(),
    bits: 3072,
    size,
    tell: (message) => told.push(message),
    source,
  });
const folder = () => join(stateDir, 'keys');
const filled = async (size: number) => {
  const store = open(size);
  while (await store.add());
  return store;
};
const modulus = ({ privateKey }: KeyPair) => privateKey.export({ format: 'jwk' }).n;

test('keeps as many keys ready as asked for, in files only the owner reads', async () => {
  await filled(3);
  expect((await stat(folder())).mode & 0o7777).toBe(0o700);
  const names = await readdir(folder());
  expect(names).toHaveLength(3);
  for (const name of names) expect((await stat(join(folder(), name))).mode & 0o7777).toBe(0o600);
  await filled(3);
  expect(made).toBe(3);
});

test('narrows a folder that others could read', async () => {
  await mkdir(folder());
  await chmod(folder(), 0o755);
  await filled(1);
  expect((await stat(folder())).mode & 0o7777).toBe(0o700);
});

test('hands each key out once, however many ask at once, and makes what is missing', async () => {
  const store = await filled(4);
  const pairs = await Promise.all(Array.from({ length: 7 }, () => store.key()));
  expect(new Set(pairs.map(modulus)).size).toBe(7);
  expect(made).toBe(7);
  expect(await readdir(folder())).toEqual([]);
});

test('two processes on one folder never get the same key', async () => {
  await filled(5);
  const [one, other] = [open(5), open(5)];
  const asked = Array.from({ length: 10 }, (_, index) => (index % 2 ? one : other).key());
  expect(new Set((await Promise.all(asked)).map(modulus)).size).toBe(10);
});

test('a key is gone from the disk when it is handed out, so that a crash cannot bring it back', async () => {
  const store = await filled(2);
  const first = await store.key();
  expect(await readdir(folder())).toHaveLength(1);
  // The process ends here; the next finds what is on the disk.
  const next = open(2);
  const later = [await next.key(), await next.key()];
  expect(later.map(modulus)).not.toContain(modulus(first));
});

test('a damaged file is passed over and told, and never handed out', async () => {
  await filled(2);
  const [name = ''] = await readdir(folder());
  const content = await readFile(join(folder(), name));
  content[content.length - 9] = (content[content.length - 9] ?? 0) ^ 1;
  await writeFile(join(folder(), name), content);
  const store = open(2);
  await Promise.all([store.key(), store.key()]);
  expect(told).toEqual([expect.stringContaining(`${name} is damaged`)]);
  expect(made).toBe(3);
  expect(await readdir(folder())).toEqual([name]);
});

test('a link, a folder and foreign names are no keys', async () => {
  await mkdir(folder(), { mode: 0o700 });
  await symlink('/etc/hostname', join(folder(), `${'a'.repeat(64)}.key`));
  await mkdir(join(folder(), `${'b'.repeat(64)}.key`));
  await writeFile(join(folder(), 'notes.txt'), 'x');
  const store = open(1);
  expect(modulus(await store.key())).toBeDefined();
  expect(told).toHaveLength(2);
});

test('removes what a crash left half written', async () => {
  await mkdir(folder(), { mode: 0o700 });
  await writeFile(join(folder(), `${'c'.repeat(64)}.key.new`), 'half');
  await filled(1);
  expect(await readdir(folder())).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.key$/)]);
});

test('without a folder it makes a key; where it cannot keep any it says so', async () => {
  await writeFile(folder(), 'a file is in the way');
  const store = open(1);
  expect(await store.add()).toBe(false);
  expect(modulus(await store.key())).toBeDefined();
  expect(told[0]).toContain('cannot be filled');
  expect(made).toBe(1);
});
