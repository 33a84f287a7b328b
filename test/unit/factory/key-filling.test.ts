import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { idleKeys } from '../../../src/factory/idle-keys.js';
import { KeyFilling } from '../../../src/factory/key-filling.js';
import { freshKeys, type KeyPool } from '../../../src/factory/key-pool.js';
import { KeyStore } from '../../../src/factory/key-store.js';
import { until } from '../../support/until.js';

let stateDir: string;
let told: string[];
let making: number;
let mostAtOnce: number;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'keys-'));
  told = [];
  [making, mostAtOnce] = [0, 0];
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

// Short keys, so that a test makes many.
const source: KeyPool = {
  ...freshKeys,
  rsa: async () => {
    mostAtOnce = Math.max(mostAtOnce, ++making);
    await new Promise((resolve) => setImmediate(resolve));
    making -= 1;
    return generateKeyPairSync('rsa', { modulusLength: 512 });
  },
};
const store = (name: string, size: number, from = source) =>
  new KeyStore({
    folder: join(stateDir, name),
    bits: 3072,
    size,
    tell: (message) => told.push(message),
    source: from,
  });
const keysIn = async (name: string) =>
  (await readdir(join(stateDir, name)).catch(() => [])).filter((one) => one.endsWith('.key')).length;

test('fills all stores, one key after the other', async () => {
  const filling = new KeyFilling({ stores: [store('one', 4), store('other', 3)], rest: 0, atOnce: 1 });
  filling.fill();
  filling.fill();
  await filling.filled();
  expect([await keysIn('one'), await keysIn('other'), mostAtOnce]).toEqual([4, 3, 1]);
});

test('several at once make no more than are wanted', async () => {
  let begun = 0;
  // The first is not done before there is a third.
  const together: KeyPool = {
    ...source,
    rsa: async (bits) => {
      begun += 1;
      await until('three at once', () => begun >= 3);
      return source.rsa(bits);
    },
  };
  const filling = new KeyFilling({ stores: [store('one', 5, together)], rest: 0, atOnce: 3 });
  filling.fill();
  await filling.filled();
  expect([await keysIn('one'), begun]).toEqual([5, 5]);
});

test('rests after each key, and closing ends the rest', async () => {
  const filling = new KeyFilling({ stores: [store('one', 1000)], rest: 1_000_000, atOnce: 1 });
  filling.fill();
  await until('the first key', async () => (await keysIn('one')) > 0);
  await filling.close();
  expect(await keysIn('one')).toBe(1);
});

test('a key that somebody needs is made at once while the filling rests', async () => {
  const resting = store('one', 1000);
  const filling = new KeyFilling({ stores: [resting], rest: 1_000_000, atOnce: 1 });
  filling.fill();
  await until('the first key', async () => (await keysIn('one')) > 0);
  await Promise.all([resting.key(), resting.key(), resting.key()]);
  await filling.close();
});

test('a store that cannot keep keys is told once and holds up no other', async () => {
  await writeFile(join(stateDir, 'one'), 'a file is in the way');
  const filling = new KeyFilling({ stores: [store('one', 2), store('other', 2)], rest: 0, atOnce: 1 });
  filling.fill();
  await filling.filled();
  expect([await keysIn('other'), told]).toEqual([2, [expect.stringContaining('cannot be filled')]]);
});

test('a store that is to keep none makes no folder', async () => {
  const filling = new KeyFilling({ stores: [store('one', 0)], rest: 0, atOnce: 1 });
  filling.fill();
  await filling.filled();
  expect(await readdir(stateDir)).toEqual([]);
});

test('an idle key is a whole key of the length that is asked for', async () => {
  const { privateKey, publicKey } = await idleKeys.rsa(2048);
  expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(publicKey.export({ format: 'jwk' }).n).toBe(privateKey.export({ format: 'jwk' }).n);
});
