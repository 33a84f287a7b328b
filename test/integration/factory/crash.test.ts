import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Registry } from '../../../src/factory/registry.js';
import { describeWith } from '../../support/requirements.js';
import { openWorkshop } from '../../unit/factory/workshop.js';

/** What plant-once.ts plants. */
const plantOnceKinds = ['passwords', 'salary', 'env', 'aws-credentials'];
const child = resolve(import.meta.dirname, 'plant-once.ts');

// System calls by which a planting changes the disk, and at which of them it dies.
const moments = {
  mkdir: [3, 4],
  fchmod: [1, 7],
  utimensat: [3],
  rename: [1, 3, 7],
  link: [1, 3],
  unlink: [1],
};
const deaths = Object.entries(moments).flatMap(([call, counts]) =>
  counts.map((count) => [call, count] as const),
);

describeWith(['strace'], 'a planting killed with SIGKILL', () => {
  test.each(
    deaths,
  )('at %s number %i leaves no file the registry does not know, and the next run completes it; unplanting leaves nothing', async (call, count) => {
    await using workshop = await openWorkshop();
    const quietly = ['-f', '-qqq', '-o', '/dev/null', '-e', `trace=${call}`];
    const inject = ['-e', `inject=${call}:signal=SIGKILL:when=${count}`];
    const program = [process.execPath, '--import', 'tsx', child, workshop.trapsDir, workshop.stateDir];
    // strace counts for each thread: with one in the pool, it counts the calls of the planting.
    const options = { reject: false, env: { UV_THREADPOOL_SIZE: '1' } };
    const { signal } = await execa('strace', [...quietly, ...inject, ...program], options);
    expect(signal).toBe('SIGKILL');

    const text = await readFile(join(workshop.stateDir, 'registry.json'), 'utf8').catch(() => undefined);
    const registry = text === undefined ? undefined : (JSON.parse(text) as Registry);
    const known = [...(registry?.temporaries ?? []), ...(registry?.traps ?? []).map((trap) => trap.path)];
    const present = (await readdir(workshop.trapsDir, { recursive: true }).catch(() => []))
      .filter((path) => basename(path) !== '.aws')
      .map((path) => join(workshop.trapsDir, path));
    for (const path of present) expect(known).toContain(path);

    const { planted, kept, skipped } = await workshop.factory({ kinds: plantOnceKinds }).plant();
    expect([planted.length + kept.length, skipped]).toEqual([plantOnceKinds.length, []]);
    const files = (await readdir(workshop.trapsDir, { recursive: true })).sort();
    const salary = expect.stringMatching(/^salary_20\d\d\.docx$/);
    expect(files).toEqual(['.aws', '.aws/credentials', '.env', 'passwords.txt', salary]);
    const copies = await readdir(join(workshop.stateDir, 'traps'));
    expect(copies.sort()).toEqual((await workshop.registry()).traps.map((trap) => trap.id).sort());
    expect((await workshop.factory().unplant()).left).toEqual([]);
    expect(await readdir(workshop.folder)).toEqual(['state']);
  });
});
