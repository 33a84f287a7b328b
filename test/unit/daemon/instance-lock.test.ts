import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlreadyRunning, InstanceLock } from '../../../src/daemon/instance-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('instance lock', () => {
  it('is held by one at a time', async () => {
    const lock = await InstanceLock.take(folder);
    await expect(InstanceLock.take(folder)).rejects.toThrow(AlreadyRunning);
    await lock.release();
    await (await InstanceLock.take(folder)).release();
  });

  it('goes to exactly one of many that start at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => InstanceLock.take(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each([
    ['a process that is gone', '4194305 12345\n'],
    ['a pid that another process has now', `${process.pid} 1\n`],
    ['nothing that can be read', 'garbage'],
  ])('is taken over from %s', async (_, content) => {
    await writeFile(join(folder, 'phantomd.lock'), content);
    await (await InstanceLock.take(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });
});
