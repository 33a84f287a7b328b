import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { firstLook } from '../../../../src/sensor/marks/first-look.js';
import { ProcFiles } from '../../../../src/sensor/marks/proc-files.js';
import { parseStat, type ThreadOwner, ThreadOwners } from '../../../../src/sensor/marks/thread-owner.js';

let proc: string;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'thread-owner-'));
});

afterEach(() => rmSync(proc, { recursive: true }));

function put(id: number, facts: { of: number; start: number; name?: string; parent?: number }): void {
  const { of, start, name = 'x', parent = 7 } = facts;
  mkdirSync(join(proc, `${id}`), { recursive: true });
  const between = Array.from({ length: 17 }, () => '0').join(' ');
  writeFileSync(join(proc, `${id}/stat`), `${id} (${name}) S ${parent} ${between} ${start} 1 2`);
  writeFileSync(
    join(proc, `${id}/status`),
    `Name:\t${name}\nTgid:\t${of}\nPid:\t${id}\nUid:\t33\t0\t0\t0\nGid:\t34\t0\t0\t0\n`,
  );
}

it('finds the process of a thread, and its parent', () => {
  put(20, { of: 20, start: 100 });
  put(21, { of: 20, start: 105 });
  const owners = new ThreadOwners(new ProcFiles(proc));
  expect(owners.of(21)).toEqual({
    processId: 20,
    startedAtNs: 1_000_000_000n,
    parentId: 7,
    name: undefined,
  });
});

it('takes a reused id for another process', () => {
  put(20, { of: 20, start: 100 });
  const owners = new ThreadOwners(new ProcFiles(proc));
  const first = owners.of(20);
  put(20, { of: 20, start: 300 });
  expect(owners.of(20)?.startedAtNs).not.toBe(first?.startedAtNs);
});

it('looks at a process, and climbs to the last ancestor that is there', () => {
  put(20, { of: 20, start: 100, name: 'cat' });
  put(7, { of: 7, start: 50, name: 'sh', parent: 1 });
  put(1, { of: 1, start: 1, name: 'init', parent: 0 });
  writeFileSync(join(proc, '20/loginuid'), '1000');
  writeFileSync(join(proc, '20/sessionid'), '4294967295');
  symlinkSync('/usr/bin/cat', join(proc, '20/exe'));
  const files = new ProcFiles(proc);
  const owner = new ThreadOwners(files).of(20) as ThreadOwner;
  expect(firstLook(files, owner)).toEqual({
    process: {
      pid: 20,
      startedAtNs: 1_000_000_000n,
      name: 'cat',
      uid: 33,
      gid: 34,
      executable: '/usr/bin/cat',
    },
    ancestors: [
      { pid: 7, startedAtNs: 500_000_000n, name: 'sh' },
      { pid: 1, startedAtNs: 10_000_000n, name: 'init' },
    ],
    posixSession: 0,
    loginUid: 1000,
  });
});

it('does not look at another process that has the id by now, but at the ancestors', () => {
  put(20, { of: 20, start: 100, name: 'ls' });
  put(7, { of: 7, start: 50, name: 'sh', parent: 0 });
  const files = new ProcFiles(proc);
  const owner = new ThreadOwners(files).of(20) as ThreadOwner;
  put(20, { of: 20, start: 200, name: 'innocent', parent: 1 });
  const seen = {
    process: { pid: 20, startedAtNs: 1_000_000_000n, name: 'ls' },
    ancestors: [{ pid: 7, startedAtNs: 500_000_000n, name: 'sh' }],
  };
  expect(firstLook(files, owner)).toEqual(seen);
  rmSync(join(proc, '20'), { recursive: true });
  expect(firstLook(files, owner)).toEqual(seen);
});

it('does not climb for ever', () => {
  put(7, { of: 7, start: 50, parent: 7 });
  const files = new ProcFiles(proc);
  expect(firstLook(files, new ThreadOwners(files).of(7) as ThreadOwner)?.ancestors).toHaveLength(64);
});

it('is not misled by a name that looks like fields', () => {
  put(20, { of: 20, start: 100, name: 'a) S 1 2 3 (b' });
  expect(new ThreadOwners(new ProcFiles(proc)).of(20)).toMatchObject({ parentId: 7, name: 'a) S 1 2 3 (b' });
});

it('knows no owner of a thread that is gone or from outside', () => {
  const owners = new ThreadOwners(new ProcFiles(proc));
  expect(owners.of(0)).toBeUndefined();
  expect(owners.of(99)).toBeUndefined();
  expect(parseStat('')).toBeUndefined();
});
