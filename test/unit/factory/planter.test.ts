import { createHash } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PlantingRefused } from '../../../src/factory/errors.js';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import { filesOf, openWorkshop, quickKinds, type Workshop } from './workshop.js';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop[Symbol.asyncDispose]());

const modeOf = ({ kind, path }: { kind: string; path: string }) =>
  path.endsWith('.pub') ? 0o644 : kinds[kind as TrapKindName].mode;
const filesBelow = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((one) => !one.isDirectory())
    .map((one) => join(one.parentPath, one.name))
    .sort();

describe('planting', () => {
  test('plants one trap of each kind with the facts that the registry has of it, and no other file', async () => {
    const { planted, kept, skipped } = await workshop.factory().plant();
    expect([planted.length, kept, skipped]).toEqual([filesOf(quickKinds), [], []]);
    expect(await filesBelow(workshop.trapsDir)).toEqual(planted.map((trap) => trap.path).sort());
    for (const entry of (await workshop.registry()).traps) {
      const found = await lstat(entry.path, { bigint: true });
      expect([String(found.dev), String(found.ino)]).toEqual([entry.device, entry.inode]);
      expect(found.nlink).toBe(1n);
      expect(new Date(Number(found.mtimeMs)).toISOString()).toBe(entry.mtime);
      expect(found.atimeNs >= found.mtimeNs).toBe(true);
      const content = await readFile(entry.path);
      expect([createHash('sha256').update(content).digest('hex'), content.length]).toEqual([
        entry.sha256,
        entry.size,
      ]);
    }
  });

  test('they have the modes of their kinds, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const { planted } = await workshop.factory().plant();
      for (const trap of planted) expect((await stat(trap.path)).mode & 0o7777).toBe(modeOf(trap));
      expect((await stat(workshop.trapsDir)).mode & 0o7777).toBe(0o755);
      expect((await stat(join(workshop.trapsDir, '.aws'))).mode & 0o7777).toBe(0o755);
    } finally {
      process.umask(before);
    }
  });

  test('a folder made for traps is not younger than they are', async () => {
    await workshop.factory().plant();
    const youngest = Math.max(...(await workshop.registry()).traps.map((trap) => Date.parse(trap.mtime)));
    expect(Math.floor((await stat(workshop.trapsDir)).mtimeMs)).toBe(youngest);
  });

  test('a second run keeps what is there and does not disturb its access time', async () => {
    const { planted } = await workshop.factory().plant();
    const times = await Promise.all(planted.map(async (trap) => (await stat(trap.path)).atimeMs));
    const second = await workshop.factory().plant();
    expect(second).toEqual({ planted: [], kept: planted, skipped: [], replaced: [] });
    expect(await Promise.all(planted.map(async (trap) => (await stat(trap.path)).atimeMs))).toEqual(times);
  });

  test('a trap that is gone is planted anew; the secrets of the old one stay known', async () => {
    const factory = workshop.factory({ kinds: ['passwords'] });
    const [old] = (await factory.plant()).planted;
    await rm(old?.path ?? '');
    const [fresh] = (await factory.plant()).planted;
    expect(fresh?.id).not.toBe(old?.id);
    expect(fresh?.sha256).not.toBe(old?.sha256);
    const entries = (await workshop.registry()).traps;
    expect(entries.map((entry) => [entry.id, entry.retiredAt !== undefined])).toEqual([
      [old?.id, true],
      [fresh?.id, false],
    ]);
    expect(await factory.vault.content(old?.id ?? '')).toBeDefined();
  });

  test('two installations share no secret and no hash', async () => {
    await using other = await openWorkshop();
    await workshop.factory().plant();
    await other.factory().plant();
    const facts = [await workshop.registry(), await other.registry()].flatMap(({ traps }) =>
      traps.flatMap((trap) => [trap.sha256, ...trap.secrets.map((secret) => secret.value)]),
    );
    expect(new Set(facts).size).toBe(facts.length);
  });
});

describe('what lies there already', () => {
  const place: Record<string, (path: string) => Promise<unknown>> = {
    'a file': (path) => writeFile(path, 'precious'),
    'a folder': (path) => mkdir(path),
    'a symbolic link': (path) => symlink('/etc/hostname', path),
    'a dangling symbolic link': (path) => symlink('/nowhere', path),
  };
  test.each(Object.keys(place))('%s is never overwritten, and the other traps go on', async (name) => {
    const path = join(workshop.trapsDir, 'passwords.txt');
    await mkdir(workshop.trapsDir, { mode: 0o755 });
    await place[name]?.(path);
    const before = await lstat(path);
    const { planted, skipped } = await workshop.factory().plant();
    expect(skipped).toEqual([{ path, reason: expect.stringMatching(/ is there$/) }]);
    expect(planted).toHaveLength(filesOf(quickKinds) - 1);
    const after = await lstat(path);
    expect([after.ino, after.mtimeMs, after.size]).toEqual([before.ino, before.mtimeMs, before.size]);
  });

  test('a changed trap is reported and left', async () => {
    const factory = workshop.factory({ kinds: ['env'] });
    const path = join(workshop.trapsDir, '.env');
    await factory.plant();
    await writeFile(path, 'changed');
    expect(await factory.plant()).toEqual({
      planted: [],
      kept: [],
      replaced: [],
      skipped: [{ path, reason: 'its content was changed after planting' }],
    });
    expect(await readFile(path, 'utf8')).toBe('changed');
  });

  test('a copy of a trap in its place is another file', async () => {
    const factory = workshop.factory({ kinds: ['env'] });
    const path = join(workshop.trapsDir, '.env');
    await factory.plant();
    await writeFile(`${path}.copy`, await readFile(path));
    await rename(`${path}.copy`, path);
    expect((await factory.plant()).skipped).toEqual([{ path, reason: 'another file has taken its place' }]);
  });
});

describe('a folder that others could swap is refused', () => {
  test('the traps folder is a symbolic link', async () => {
    const elsewhere = join(workshop.folder, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, workshop.trapsDir);
    await expect(workshop.factory().plant()).rejects.toThrow(PlantingRefused);
    await expect(workshop.factory().plant()).rejects.toThrow(`configure ${elsewhere} itself`);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test('a folder inside is a symbolic link; nothing is planted at all', async () => {
    await mkdir(workshop.trapsDir);
    await symlink(workshop.folder, join(workshop.trapsDir, '.aws'));
    await expect(workshop.factory().plant()).rejects.toThrow(/\.aws is a symbolic link/);
    expect(await readdir(workshop.trapsDir)).toEqual(['.aws']);
  });

  test('the traps folder is a file', async () => {
    await writeFile(workshop.trapsDir, '');
    await expect(workshop.factory().plant()).rejects.toThrow(/is not a folder/);
  });

  test.each([0o775, 0o757, 0o1777])('the traps folder has mode %o', async (mode) => {
    await mkdir(workshop.trapsDir);
    await chmod(workshop.trapsDir, mode);
    await expect(workshop.factory().plant()).rejects.toThrow(/chmod go-w/);
    expect(await readdir(workshop.trapsDir)).toEqual([]);
  });

  test('a folder above is writable by others and not sticky', async () => {
    const above = join(workshop.folder, 'shared');
    await mkdir(above);
    await chmod(above, 0o777);
    const factory = workshop.factory({ trapsDir: join(above, 'files') });
    await expect(factory.plant()).rejects.toThrow(PlantingRefused);
    await chmod(above, 0o1777);
    expect((await factory.plant()).planted).toHaveLength(filesOf(quickKinds));
  });
});

describe('a planting that was interrupted', () => {
  test('its temporary files and unknown copies are cleaned up by the registry', async () => {
    const factory = workshop.factory();
    await factory.plant();
    const temporary = join(workshop.trapsDir, '.interrupted');
    await writeFile(temporary, 'half');
    await writeFile(join(workshop.stateDir, 'traps', 'env-0123abcd'), 'half');
    const registry = { ...(await workshop.registry()), temporaries: [temporary] };
    await writeFile(join(workshop.stateDir, 'registry.json'), JSON.stringify(registry));
    expect((await factory.plant()).kept).toHaveLength(filesOf(quickKinds));
    await expect(lstat(temporary)).rejects.toThrow('ENOENT');
    expect((await readdir(join(workshop.stateDir, 'traps'))).sort()).toEqual(
      registry.traps.map((trap) => trap.id).sort(),
    );
    expect((await workshop.registry()).temporaries).toEqual([]);
  });

  test('a trap that the registry knows but that never appeared is planted', async () => {
    const factory = workshop.factory({ kinds: ['env'] });
    await factory.plant();
    await rm(dirname(join(workshop.trapsDir, '.env')), { recursive: true });
    expect((await factory.plant()).planted).toHaveLength(1);
  });
});
