import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isWithin, secureFolder } from '../../../src/factory/safe-folder.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'safe-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a folder whose name begins with two dots lies inside', () => {
  expect(isWithin('/srv/..data', '/srv')).toBe(true);
  expect(isWithin('/srv/..data/deep', '/srv')).toBe(true);
  expect(isWithin('/srv', '/srv')).toBe(true);
  expect(isWithin('/', '/srv')).toBe(false);
  expect(isWithin('/srv2', '/srv')).toBe(false);
  expect(isWithin('/..data', '/srv')).toBe(false);
});

test('such a folder is held to the rules of those inside: sticky is not enough', async () => {
  const folder = join(root, '..data');
  await mkdir(folder);
  await chmod(folder, 0o1777);
  await expect(secureFolder(folder, root, 0o755, [])).rejects.toThrow('may be written by others');
});
