import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseStat, ThreadOwners } from '../../../../src/sensor/marks/thread-owner.js';

let proc: string;

beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'thread-owner-'));
});

afterEach(() => rmSync(proc, { recursive: true }));

function put(id: number, facts: { of: number; start: number; name?: string }): void {
  const { of, start, name = 'x' } = facts;
  mkdirSync(join(proc, `${id}`), { recursive: true });
  const between = Array.from({ length: 17 }, () => '0').join(' ');
  writeFileSync(join(proc, `${id}/stat`), `${id} (${name}) S 7 ${between} ${start} 1 2`);
  writeFileSync(join(proc, `${id}/status`), `Name:\t${name}\nTgid:\t${of}\nPid:\t${id}\n`);
}

it('finds the process of a thread, and its parent', () => {
  put(20, { of: 20, start: 100 });
  put(21, { of: 20, start: 105 });
  const owners = new ThreadOwners(proc);
  expect(owners.of(21)).toEqual({
    processId: 20,
    startedAtNs: 1_000_000_000n,
    parentId: 7,
    name: undefined,
  });
});

it('takes a reused id for another process', () => {
  put(20, { of: 20, start: 100 });
  const owners = new ThreadOwners(proc);
  const first = owners.of(20);
  put(20, { of: 20, start: 300 });
  expect(owners.of(20)?.startedAtNs).not.toBe(first?.startedAtNs);
});

it('is not misled by a name that looks like fields', () => {
  put(20, { of: 20, start: 100, name: 'a) S 1 2 3 (b' });
  expect(new ThreadOwners(proc).of(20)).toMatchObject({ parentId: 7, name: 'a) S 1 2 3 (b' });
});

it('knows no owner of a thread that is gone or from outside', () => {
  const owners = new ThreadOwners(proc);
  expect(owners.of(0)).toBeUndefined();
  expect(owners.of(99)).toBeUndefined();
  expect(parseStat('')).toBeUndefined();
});
