import { argon2d } from 'hash-wasm';
import { expect, test } from 'vitest';
import { hashed } from '../../../src/factory/hash-workers.js';

const salt = Buffer.alloc(16, 7);
const argon = (password: string) => ({
  password,
  salt,
  memorySize: 1024,
  iterations: 1,
  hashLength: 32,
  parallelism: 1,
  outputType: 'binary' as const,
});

test('each of many that are asked for at once gets its own hash', async () => {
  const passwords = Array.from({ length: 30 }, (_, index) => `password ${index}`);
  const hashes = await Promise.all(passwords.map((password) => hashed('argon2d', argon(password))));
  expect(hashes).toEqual(await Promise.all(passwords.map((password) => argon2d(argon(password)))));
});

test('this thread goes on meanwhile', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await hashed('bcrypt', { password: 'x', salt, costFactor: 12, outputType: 'encoded' });
  clearInterval(timer);
  // Made here it would have none, or one between the steps before and after.
  expect(turns).toBeGreaterThan(1);
});

test('what the hash refuses is an error, and the next one is made all the same', async () => {
  await expect(
    hashed('bcrypt', { password: 'x', salt, costFactor: 99, outputType: 'encoded' }),
  ).rejects.toThrow('bcrypt');
  expect(await hashed('argon2d', argon('x'))).toHaveLength(32);
});
