import { closeSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrapInodes } from '../../../../src/sensor/ebpf/trap-inodes.js';
import type { Slot } from '../../../../src/sensor/ebpf/trap-slots.js';
import { passwords } from '../../../support/touches.js';

/** With file handles, and as where the C library cannot be called. */
const ways = [
  ['known by its handle', () => TrapInodes.open()],
  ['known by its time of birth', async () => new TrapInodes()],
] as const;

describe.each(ways)('the inode of a trap, %s,', (way, open) => {
  let folder: string;
  let inodes: TrapInodes;
  let slot: Slot;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phantom-inodes-'));
    inodes = await open();
    slot = { number: 2, kind: 'file', trap: passwords, path: join(folder, 'trap') };
    await writeFile(slot.path, '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const hold = (one = slot) => {
    const { fd, facts } = inodes.hold(one);
    closeSync(fd);
    return facts.ino;
  };

  it('is the one that lay at its path first', () => {
    inodes.learn([slot]);
    expect(hold()).toBe(hold());
    expect(inodes.isOurs(slot, 1n, 10n ** 18n)).toBe(true);
  });

  it('is no other that took its place', async () => {
    inodes.learn([slot]);
    await writeFile(`${slot.path}.new`, '');
    await rename(`${slot.path}.new`, slot.path);
    expect(() => hold()).toThrow('another file has its place');
    expect(inodes.isOurs(slot, 1n, 10n ** 18n)).toBe(false);
  });

  it('is gone with its name', async () => {
    inodes.learn([slot]);
    await rm(slot.path);
    expect(() => hold()).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(inodes.isOurs(slot, 1n, 10n ** 18n)).toBe(false);
  });

  it('was certainly its own until it was last found there', async () => {
    inodes.learn([slot]);
    expect(inodes.isOurs(slot, 1_000_000_000n, 1_000_000_000n)).toBe(true);
    await rm(slot.path);
    expect(inodes.isOurs(slot, 900_000_000n, 2_000_000_000n)).toBe(true);
    expect(inodes.isOurs(slot, 999_000_000n, 2_000_000_000n)).toBe(false);
  });

  it('is learnt where the file lies before it gets its name', async () => {
    const place = join(folder, 'place');
    inodes.learn([{ ...slot, path: place, nowAt: slot.path }]);
    await rename(slot.path, place);
    expect(hold({ ...slot, path: place })).toBeGreaterThan(0n);
  });

  it('may be a folder, and is learnt anew for another trap in its slot', async () => {
    await mkdir(join(folder, 'aws'));
    inodes.learn([slot]);
    inodes.forget([slot]);
    expect(hold({ ...slot, kind: 'folder', path: join(folder, 'aws') })).toBeGreaterThan(0n);
  });

  it('is never that behind a symbolic link', async () => {
    inodes.learn([slot]);
    await rename(slot.path, `${slot.path}.away`);
    await symlink('/etc/passwd', slot.path);
    await rm(`${slot.path}.away`);
    expect(() => hold()).toThrow('another file has its place');
  });

  // Times of birth may be the same within one tick of the kernel's clock.
  if (way === 'known by its handle')
    it('is no other that gets its number', async () => {
      for (let attempt = 0; attempt < 20; attempt += 1) {
        inodes.forget([slot]);
        inodes.learn([slot]);
        await rm(slot.path);
        await writeFile(slot.path, '');
        expect(() => hold()).toThrow('another file has its place');
      }
    });
});
