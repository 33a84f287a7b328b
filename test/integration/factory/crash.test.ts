import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Registry } from '../../../src/factory/registry.js';
import { openWorkshop, quickKinds } from '../../unit/factory/workshop.js';

const child = resolve(import.meta.dirname, 'plant-once.ts');

/** The system calls after which the disk or the registry has changed. */
const moments = ['mkdir', 'rename', 'link', 'unlink', 'fsync', 'fchmod', 'utimensat'];
const hasStrace = (await execa('which', ['strace'], { reject: false })).exitCode === 0;
const name = 'killed at any change, it leaves no unknown file, and the next run completes it';

test.skipIf(!hasStrace)(hasStrace ? name : `${name} (skipped: strace is not installed)`, async () => {
  let killed = 0;
  for (const call of moments) {
    for (const nth of [1, 2, 4, 7]) {
      await using workshop = await openWorkshop();
      const inject = ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${call}:signal=SIGKILL:when=${nth}`];
      const program = [process.execPath, '--import', 'tsx', child, workshop.trapsDir, workshop.stateDir];
      const { exitCode } = await execa('strace', [...inject, ...program], { reject: false });
      if (exitCode !== 0) killed += 1;
      const text = await readFile(join(workshop.stateDir, 'registry.json'), 'utf8').catch(() => undefined);
      const registry = text === undefined ? undefined : (JSON.parse(text) as Registry);
      const known = [...(registry?.temporaries ?? []), ...(registry?.traps ?? []).map((trap) => trap.path)];
      const present = (await readdir(workshop.trapsDir, { recursive: true }).catch(() => []))
        .map((path) => join(workshop.trapsDir, path))
        .filter((path) => basename(path) !== '.aws');
      for (const path of present) expect(known).toContain(path);

      const { planted, kept, skipped } = await workshop.factory().plant();
      expect([planted.length + kept.length, skipped]).toEqual([quickKinds.length, []]);
      const files = (await readdir(workshop.trapsDir, { recursive: true })).sort();
      expect(files).toEqual(['.aws', '.aws/credentials', '.env', 'passwords.txt', 'salary_2024.docx']);
    }
  }
  expect(killed).toBeGreaterThan(10);
});
