import { chmod, chown, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlantingFailed } from '../../../src/factory/errors.js';
import { describeWith } from '../../support/requirements.js';
import { filesOf, openWorkshop, quickKinds, type Workshop } from '../../unit/factory/workshop.js';

let workshop: Workshop;
let mounted: string[] = [];
beforeEach(async () => {
  workshop = await openWorkshop();
  mounted = [];
});
afterEach(async () => {
  for (const folder of mounted) await execa('umount', [folder]);
  await workshop[Symbol.asyncDispose]();
});

async function mountMemory(folder: string, options: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', `mode=0755,${options}`, 'tmpfs', folder]);
  mounted.push(folder);
}

const failure = (planting: Promise<unknown>) =>
  planting.then(
    () => expect.unreachable('planted'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(PlantingFailed);
      return error as PlantingFailed;
    },
  );

describeWith(['root'], 'a disk that refuses', () => {
  test('a read-only folder is named, and nothing is left', async () => {
    await mountMemory(workshop.trapsDir, 'size=1m,ro');
    const error = await failure(workshop.factory().plant());
    expect([error.code, error.message]).toEqual(['EROFS', expect.stringContaining('read-only file system')]);
    expect(error.message).toContain(workshop.trapsDir);
    expect((await workshop.registry()).traps).toEqual([]);
    expect(await readdir(join(workshop.stateDir, 'traps'))).toEqual([]);
  });

  test('a full disk under the traps: no trap, no temporary file, no folder, no copy', async () => {
    await mountMemory(workshop.trapsDir, 'size=12k');
    await writeFile(join(workshop.trapsDir, 'ballast'), Buffer.alloc(4096));
    const error = await failure(workshop.factory().plant());
    expect([error.code, error.message]).toEqual(['ENOSPC', expect.stringContaining('make room')]);
    expect(await readdir(workshop.trapsDir)).toEqual(['ballast']);
    expect(await workshop.registry()).toMatchObject({ folders: [], temporaries: [], traps: [] });
    expect(await readdir(join(workshop.stateDir, 'traps'))).toEqual([]);
  });

  test('a full disk under the state: no trap appears, and the old registry stands', async () => {
    await mountMemory(workshop.stateDir, 'size=512k');
    const factory = workshop.factory({ kinds: ['env'] });
    const { planted } = await factory.plant();
    const before = await workshop.registry();
    const free = 512 * 1024 - 4 * 4096;
    await writeFile(join(workshop.stateDir, 'ballast'), Buffer.alloc(free)).catch(() => undefined);
    await failure(workshop.factory().plant());
    expect(await readdir(workshop.trapsDir)).toEqual(['.env']);
    expect((await workshop.registry()).traps).toEqual(before.traps);
    await execa('rm', [join(workshop.stateDir, 'ballast')]);
    const again = await workshop.factory().plant();
    expect(again.kept).toEqual(planted);
    expect(again.planted).toHaveLength(filesOf(quickKinds) - 1);
  });

  test('with room again the same factory plants', async () => {
    await mountMemory(workshop.trapsDir, 'size=12k');
    await failure(workshop.factory().plant());
    await execa('mount', ['-o', 'remount,size=1m', workshop.trapsDir]);
    expect((await workshop.factory().plant()).planted).toHaveLength(filesOf(quickKinds));
  });

  test('a folder of another user is refused', async () => {
    await mkdir(workshop.trapsDir);
    await chown(workshop.trapsDir, 65534, 65534);
    await expect(workshop.factory().plant()).rejects.toThrow(/belongs to uid 65534/);
    expect(await readdir(workshop.trapsDir)).toEqual([]);
  });

  test('a trap on a file system that became read-only is left, reported and not forgotten', async () => {
    await mountMemory(workshop.trapsDir, 'size=1m');
    const factory = workshop.factory({ kinds: ['passwords'] });
    const { planted } = await factory.plant();
    await execa('mount', ['-o', 'remount,ro', workshop.trapsDir]);
    expect(await factory.unplant()).toEqual({
      removed: [],
      left: [{ path: planted[0]?.path, reason: expect.stringContaining('read-only') }],
    });
    await execa('mount', ['-o', 'remount,rw', workshop.trapsDir]);
    expect((await factory.unplant()).removed).toEqual(planted);
  });

  test('a sealed copy and a registry are not readable for other users', async () => {
    await workshop.factory({ kinds: ['env'] }).plant();
    await chmod(workshop.folder, 0o755);
    const readAs = async (path: string) =>
      execa('setpriv', ['--reuid=65534', '--clear-groups', 'cat', path], { reject: false });
    expect((await readAs(join(workshop.stateDir, 'registry.json'))).exitCode).not.toBe(0);
    expect((await readAs(join(workshop.trapsDir, '.env'))).stdout).toBe(
      (await readFile(join(workshop.trapsDir, '.env'), 'utf8')).trimEnd(),
    );
    expect((await lstat(join(workshop.trapsDir, '.env'))).uid).toBe(0);
  });
});
