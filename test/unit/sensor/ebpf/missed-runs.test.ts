import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MissedRuns } from '../../../../src/sensor/ebpf/missed-runs.js';

let proc: string;
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'phantom-proc-'));
  await mkdir(join(proc, '7', 'fd'), { recursive: true });
  await mkdir(join(proc, '7', 'fdinfo'));
  await symlink('/dev/null', join(proc, '7', 'fd', '0'));
  for (const descriptor of ['5', '6'])
    await symlink('anon_inode:bpf-prog', join(proc, '7', 'fd', descriptor));
  await missed(0, 0);
});
afterEach(() => rm(proc, { recursive: true, force: true }));

async function missed(...counts: number[]): Promise<void> {
  for (const [index, count] of counts.entries())
    await writeFile(
      join(proc, '7', 'fdinfo', String(5 + index)),
      `prog_id:\t9\nrun_cnt:\t0\nrecursion_misses:\t${count}\n`,
    );
}

it('tells at once how many runs of all hooks were left out, and again only after a while', async () => {
  let now = 0;
  const runs = new MissedRuns(7, proc, () => now);
  expect(runs.take()).toBe(0);
  await missed(2, 3);
  expect(runs.take()).toBe(5);
  await missed(2, 10);
  now += 599_999;
  expect(runs.take()).toBe(0);
  now += 1;
  expect(runs.take()).toBe(7);
});

it('says nothing of a process that is gone', () => {
  expect(new MissedRuns(8, proc).take()).toBe(0);
});
