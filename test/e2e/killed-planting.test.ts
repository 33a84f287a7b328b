import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Registry } from '../../src/factory/registry.js';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { Installation, main } from './phantomd.js';

const count = 1500;
const isNamed = (name: string) => !name.startsWith('.');

describeWith(['root'], 'phantomd plant, killed in the middle', () => {
  let installation: Installation;
  let folder: string;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false } });
    folder = join(installation.trapsDir, 'many');
    const manifest = join(installation.folder, 'traps.yaml');
    await writeFile(manifest, `traps:\n  - { kind: netrc, path: many/list.txt, count: ${count} }\n`);
    await installation.configure({ response: { sandbox: false }, traps: { manifest } });
  });
  afterEach(() => installation.remove());

  const names = () => readdir(folder).catch(() => []);
  const registry = async () =>
    JSON.parse(await readFile(join(installation.stateDir, 'registry.json'), 'utf8')) as Registry;

  async function killPlanting(moment: (seen: readonly string[]) => boolean): Promise<void> {
    const planting = execa(process.execPath, [main, 'plant', '--config', installation.config], {
      reject: false,
    });
    await until('the moment', async () => moment(await names()));
    planting.kill('SIGKILL');
    expect((await planting).signal).toBe('SIGKILL');
  }

  it.each([
    ['while files are written', 'plant', (seen: readonly string[]) => seen.length > 20],
    ['while they get their names', 'unplant', (seen: readonly string[]) => seen.some(isNamed)],
  ] as const)('%s: no half file has a name, and the next %s cleans up', async (_, next, moment) => {
    await killPlanting(moment);
    const left = await names();
    expect(left.filter((name) => !isNamed(name)).length).toBeGreaterThan(0);
    const { traps, temporaries } = await registry();
    const known = new Map(traps.map(({ path, sha256 }) => [path, sha256]));
    for (const name of left) {
      const path = join(folder, name);
      if (!isNamed(name)) expect(temporaries).toContain(path);
      else
        expect(
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        ).toBe(known.get(path));
    }
    if (next === 'plant') {
      const { exitCode, stdout } = await installation.command('plant');
      expect([exitCode, stdout.split('\n').at(-1)]).toEqual([
        0,
        `${count} planted or rotated, 0 kept, 0 left out`,
      ]);
      expect((await names()).filter(isNamed)).toHaveLength(count);
      expect(await names()).toHaveLength(count);
    }
    expect((await installation.command('unplant')).exitCode).toBe(0);
    await expect(stat(installation.trapsDir)).rejects.toThrow('ENOENT');
    expect(await readdir(join(installation.stateDir, 'traps'))).toEqual([]);
  });
});
