import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MarkEvent } from '../../../src/sensor/marks/mark-event.js';
import { Marks } from '../../../src/sensor/marks/marks.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const run = promisify(execFile);

let folder: string;
let mounted: string[];
let marks: Marks | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marks-fs-'));
  mounted = [];
});

afterEach(async () => {
  await marks?.close();
  for (const path of mounted.reverse()) await run('umount', [path]);
  await rm(folder, { recursive: true, force: true });
});

async function mount(name: string, args: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  await run('mount', [...args, path]);
  mounted.push(path);
  return path;
}

async function loopMount(type: string, size: string): Promise<string> {
  const image = join(folder, `${type}.img`);
  await run('truncate', ['-s', size, image]);
  await run(`mkfs.${type}`, ['-q', image]);
  return mount(type, ['-o', 'loop', image]);
}

const places: Record<string, () => Promise<string>> = {
  tmpfs: () => mount('tmpfs', ['-t', 'tmpfs', 'none']),
  ext4: () => loopMount('ext4', '32M'),
  xfs: () => loopMount('xfs', '320M'),
  btrfs: () => loopMount('btrfs', '128M'),
  'a btrfs subvolume': async () => {
    const path = join(await loopMount('btrfs', '128M'), 'subvolume');
    await run('btrfs', ['-q', 'subvolume', 'create', path]);
    return path;
  },
  'overlayfs, in its upper folder': async () => mount('merged', await overlay()),
  'overlayfs, in its lower folder': async () => {
    const options = await overlay();
    await writeFile(join(folder, 'lower', 'trap'), 'secret\n');
    return mount('merged', options);
  },
};

async function overlay(): Promise<string[]> {
  const base = await mount('.', ['-t', 'tmpfs', 'none']);
  for (const name of ['lower', 'upper', 'work']) await mkdir(join(base, name));
  const layers = ['lower', 'upper', 'work'].map((name) => `${name}dir=${join(base, name)}`);
  return ['-t', 'overlay', '-o', layers.join(), 'none'];
}

describeWith(['root'], 'Marks on file systems', () => {
  it.each(Object.keys(places))('sees every touch on %s, held and told', async (name) => {
    const place = await (places[name] as () => Promise<string>)();
    const trap = join(place, 'trap');
    if (!name.includes('lower')) await writeFile(trap, 'secret\n');
    for (const mode of ['notify', 'permission'] as const) {
      const events: MarkEvent[] = [];
      marks = await Marks.open({ mode, onEvents: (batch) => events.push(...batch), onLost: () => undefined });
      expect(marks.addFile(trap, 5)).toBeUndefined();
      const other = join(place, 'other');
      await writeFile(other, '');
      await run('cat', [trap, other]);
      const seen = (op: string) => () => events.some(({ ops }) => ops.includes(op as never));
      await until(`open (${mode})`, seen('open'), 3000);
      await until(`read (${mode})`, seen('read'), 3000);
      if (mode === 'notify') {
        await run('chmod', ['600', trap]);
        await until('chmod', seen('chmod'), 3000);
      }
      expect(events.every(({ id }) => id === 5)).toBe(true);
      await marks.close();
    }
  });
});
