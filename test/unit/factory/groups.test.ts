import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrapFactory } from '../../../src/factory/trap-factory.js';
import { paired } from './paired-kind.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let factory: TrapFactory;
beforeEach(async () => {
  workshop = await openWorkshop();
  factory = workshop.factory({ kinds: ['pair'], ownKinds: async () => [paired] });
});
afterEach(() => workshop[Symbol.asyncDispose]());

const at = (name: string) => join(workshop.trapsDir, name);
const text = (name: string) => readFile(at(name), 'utf8');
const active = async () => (await workshop.registry()).traps.filter(({ retiredAt }) => !retiredAt);

describe('a trap with a companion', () => {
  test('both are traps of one making; the logins are known by the trap', async () => {
    const { planted } = await factory.plant();
    expect(planted.map(({ path, kind }) => [path, kind])).toEqual([
      [at('pair.key'), 'pair'],
      [at('pair.key.pub'), 'pair'],
    ]);
    const [main, companion] = await active();
    expect(await text('pair.key.pub')).toContain(main?.secrets[0]?.value);
    expect(main?.logins).toEqual([{ service: 'ssh', user: 'backup', password: main?.secrets[0]?.value }]);
    expect(companion).toMatchObject({ beside: main?.id, secrets: [] });
    expect((await stat(at('pair.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(at('pair.key.pub'))).mode & 0o777).toBe(0o644);
  });

  test.each(['pair.key', 'pair.key.pub'])('where %s is taken neither is planted', async (name) => {
    await workshop.factory({ kinds: ['env'] }).plant();
    await writeFile(at(name), 'mine');
    const { planted, skipped } = await factory.plant();
    expect(planted).toEqual([]);
    expect(skipped).toEqual([{ path: at(name), reason: 'a file that is not ours is there' }]);
    expect((await readdir(workshop.trapsDir)).sort()).toEqual(['.env', name]);
  });

  test.each(['pair.key', 'pair.key.pub'])('where %s appears meanwhile neither is planted', async (name) => {
    await workshop.factory({ kinds: ['env'] }).plant();
    const placing = async () => writeFile(at(name), 'mine');
    const { planted, skipped } = await factory.plant({ watch: { placing, left: async () => {} } });
    expect([planted, skipped[0]?.reason]).toEqual([[], 'something appeared there during planting']);
    expect((await readdir(workshop.trapsDir)).sort()).toEqual(['.env', name]);
    expect(await text(name)).toBe('mine');
    expect((await active()).map(({ kind }) => kind)).toEqual(['env']);
  });

  test.each(['pair.key', 'pair.key.pub'])('where only %s went away both are made anew', async (name) => {
    const before = (await factory.plant()).planted;
    await rm(at(name));
    const { planted, replaced, kept } = await factory.plant();
    expect(planted.map(({ path }) => path)).toEqual([at('pair.key'), at('pair.key.pub')]);
    expect([replaced.length, kept]).toEqual([1, []]);
    const [main] = await active();
    expect(await text('pair.key.pub')).toContain(main?.secrets[0]?.value);
    expect((await active()).map(({ id }) => id)).not.toContain(before[0]?.id);
  });

  test('both are removed', async () => {
    await factory.plant();
    expect((await factory.unplant()).removed).toHaveLength(2);
    expect(await readdir(workshop.folder)).toEqual(['state']);
  });
});

describe('rotation', () => {
  const all = () => true;

  test('new content, new file, same place and mode; old secrets and logins stay known', async () => {
    const before = (await factory.plant()).planted;
    const [old] = await active();
    const { ino } = await stat(at('pair.key'));
    const { planted, kept, skipped, replaced } = await factory.plant({ rotates: all });
    expect([kept, skipped, replaced]).toEqual([[], [], before]);
    expect(planted.map(({ path }) => path)).toEqual(before.map(({ path }) => path));
    expect((await stat(at('pair.key'))).ino).not.toBe(ino);
    expect((await stat(at('pair.key'))).mode & 0o777).toBe(0o600);
    expect(await text('pair.key')).not.toContain(old?.secrets[0]?.value);
    expect((await readdir(workshop.trapsDir)).sort()).toEqual(['pair.key', 'pair.key.pub']);
    const known = (await workshop.registry()).traps.find(({ id }) => id === old?.id);
    expect(known).toMatchObject({
      retiredAt: expect.any(String),
      secrets: old?.secrets,
      logins: old?.logins,
    });
    expect(await factory.vault.content(old?.id ?? '')).toBeDefined();
    expect((await factory.plant()).kept).toEqual(planted);
  });

  test('whoever chooses a companion has both replaced, and nothing else', async () => {
    const both = workshop.factory({ kinds: ['pair', 'env'], ownKinds: async () => [paired] });
    const before = (await both.plant()).planted;
    const { planted, kept } = await both.plant({ rotates: ({ beside }) => beside !== undefined });
    expect(planted).toHaveLength(2);
    expect(kept).toEqual(before.filter(({ kind }) => kind === 'env'));
  });

  test('the new ones are told while the old ones still lie there, and the old ones when they are gone', async () => {
    await factory.plant();
    const old = await text('pair.key');
    const steps: string[] = [];
    await factory.plant({
      rotates: all,
      watch: {
        placing: async (traps, nowAt, leaving) => {
          expect(await text('pair.key')).toBe(old);
          for (const trap of traps) expect(await readFile(nowAt(trap), 'utf8')).not.toBe(old);
          steps.push(`placing ${traps.length}, leaving ${leaving.length}`);
        },
        left: async (traps) => {
          expect(await text('pair.key')).not.toBe(old);
          expect((await readdir(workshop.trapsDir)).length).toBe(2);
          steps.push(`left ${traps.length}`);
        },
      },
    });
    expect(steps).toEqual(['placing 2, leaving 2', 'left 2']);
  });

  test('a changed trap is left as it is', async () => {
    await factory.plant();
    await writeFile(at('pair.key'), 'changed');
    const { planted, skipped } = await factory.plant({ rotates: all });
    expect([planted, skipped.map(({ path }) => path)]).toEqual([[], [at('pair.key')]]);
    expect(await text('pair.key')).toBe('changed');
  });

  test('a file that takes the place meanwhile stays, and both old traps are back', async () => {
    await factory.plant();
    const companion = await text('pair.key.pub');
    const placing = async () => {
      await rm(at('pair.key'));
      await writeFile(at('pair.key'), 'mine');
    };
    const { planted, skipped } = await factory.plant({
      rotates: all,
      watch: { placing, left: async () => {} },
    });
    expect([planted, skipped[0]?.reason]).toEqual([[], 'another file took its place during rotation']);
    expect(await text('pair.key')).toBe('mine');
    expect(await text('pair.key.pub')).toBe(companion);
    expect((await readdir(workshop.trapsDir)).sort()).toEqual(['pair.key', 'pair.key.pub']);
  });

  test('one that was interrupted between exchange and registry is taken up', async () => {
    await factory.plant();
    const before = await active();
    const interrupted = factory.plant({
      rotates: all,
      watch: { placing: async () => {}, left: () => Promise.reject(new Error('killed')) },
    });
    await expect(interrupted).rejects.toThrow('killed');
    // As the registry stood before the last write.
    const registry = await workshop.registry();
    const traps = registry.traps.map(({ retiredAt: _, ...entry }) => entry);
    await writeFile(join(workshop.stateDir, 'registry.json'), JSON.stringify({ ...registry, traps }));
    const { kept, skipped, planted } = await factory.plant();
    expect([kept.length, skipped, planted]).toEqual([2, [], []]);
    const retired = (await workshop.registry()).traps.filter(({ retiredAt }) => retiredAt);
    expect(retired.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});
