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

  it('is waited for by a daemon while a command has it, which is no daemon to others', async () => {
    const command = await InstanceLock.take(folder, { isCommand: true });
    expect(InstanceLock.isHeld(folder)).toBe(false);
    await expect(InstanceLock.take(folder, { patienceMs: 100 })).rejects.toThrow(AlreadyRunning);
    const taken = InstanceLock.take(folder, { patienceMs: 10_000 });
    setTimeout(() => void command.release(), 100);
    const lock = await taken;
    expect(InstanceLock.isHeld(folder)).toBe(true);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not waited for where another daemon has it', async () => {
    const lock = await InstanceLock.take(folder);
    const started = performance.now();
    for (const isCommand of [true, false])
      await expect(InstanceLock.take(folder, { isCommand, patienceMs: 10_000 })).rejects.toThrow(
        AlreadyRunning,
      );
    expect(performance.now() - started).toBeLessThan(2000);
    await lock.release();
  });
});
