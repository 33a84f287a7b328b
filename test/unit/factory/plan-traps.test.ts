import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accounts } from '../../../src/factory/accounts.js';
import { kinds } from '../../../src/factory/kinds.js';
import { personaFrom } from '../../../src/factory/persona.js';
import { type PlannedTraps, planTraps } from '../../../src/factory/plan-traps.js';
import { newRegistry } from '../../../src/factory/registry.js';
import { openWorkshop, type Workshop } from './workshop.js';

let workshop: Workshop;
let accounts: Accounts;
beforeEach(async () => {
  workshop = await openWorkshop();
  const user = (name: string, uid: number, shell = '/bin/bash') => ({
    name,
    uid,
    gid: uid,
    home: join(workshop.folder, 'home', name),
    shell,
  });
  accounts = {
    users: [
      user('anna', 1001),
      user('deploy', 1002),
      user('daemon', 1, '/usr/sbin/nologin'),
      user('gone', 1003),
    ],
    groups: new Map([['staff', 50]]),
  };
  for (const name of ['anna', 'deploy', 'daemon', '.hidden'])
    await mkdir(join(workshop.folder, 'home', name), { recursive: true });
  await symlink('/etc', join(workshop.folder, 'home', 'link'));
});
afterEach(() => workshop[Symbol.asyncDispose]());

async function planned(...wanted: PlannedTraps[]) {
  const { targets, leftOut } = await planTraps(wanted, {
    trapsDir: workshop.trapsDir,
    ageDays: { youngest: 14, oldest: 540 },
    kinds: new Map(Object.entries(kinds)),
    persona: personaFrom(7),
    registry: newRegistry('en', new Date()),
    accounts,
  });
  const short = (path: string) => path.replace(workshop.folder, '');
  return {
    targets,
    paths: targets.map(({ path }) => short(path)),
    left: leftOut.map(({ path, reason }) => [short(path), reason.replace(workshop.folder, '')]),
  };
}

describe('paths of the manifest', () => {
  test.each([
    ['', ['/files/.env']],
    ['shop/', ['/files/shop/.env']],
    ['~deploy/app/', ['/home/deploy/app/.env']],
    ['~*/.env', ['/home/anna/.env', '/home/deploy/.env']],
    ['~anna/notes.txt', ['/home/anna/notes.txt']],
  ])('%j', async (path, expected) => {
    const { paths, left } = await planned({ kind: 'env', path });
    expect([paths, left]).toEqual([expected, []]);
  });

  test.each([
    ['/home/*/x', ['/home/anna/x', '/home/daemon/x', '/home/deploy/x']],
    ['/home/[!a]*/x', ['/home/daemon/x', '/home/deploy/x']],
    ['/home/d?????/x', ['/home/daemon/x', '/home/deploy/x']],
    ['/home/.*/x', ['/home/.hidden/x']],
  ])('pattern %j finds folders, follows no link and leaves hidden ones out', async (pattern, expected) => {
    expect((await planned({ kind: 'env', path: `${workshop.folder}${pattern}` })).paths).toEqual(expected);
  });

  test('a place outside the traps folder is one that others may change', async () => {
    const { targets } = await planned({ kind: 'env', path: '' }, { kind: 'env', path: '~anna/' });
    expect(targets.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });
});

describe('what cannot be had is left out with reason and line', () => {
  test.each<[PlannedTraps, string]>([
    [{ kind: 'env', path: '~nobody-here/' }, 'there is no user nobody-here (m.yaml:3)'],
    [{ kind: 'env', path: '~gone/' }, '/home/gone of user gone is no folder (m.yaml:3)'],
    [{ kind: 'env', path: '~anna/', owner: 'nobody-here' }, 'there is no user nobody-here (m.yaml:3)'],
    [{ kind: 'env', path: '~anna/', group: 'nobody-here' }, 'there is no group nobody-here (m.yaml:3)'],
    [{ kind: 'env', path: '/no*where/x' }, 'no folder matches (m.yaml:3)'],
  ])('%j', async (wanted, reason) => {
    const { paths, left } = await planned({ ...wanted, source: 'm.yaml:3' }, { kind: 'passwords', path: '' });
    expect([paths, left]).toEqual([['/files/passwords.txt'], [[wanted.path, reason]]]);
  });

  test('a place that two entries want', async () => {
    const { paths, left } = await planned({ kind: 'env', path: 'x' }, { kind: 'passwords', path: 'x' });
    expect([paths, left]).toEqual([['/files/x'], [['/files/x', 'another entry puts a trap there']]]);
  });
});

test('owner, group and mode are looked up; the group of an owner is theirs', async () => {
  const { targets } = await planned(
    { kind: 'env', path: 'one', owner: 'anna', mode: 0o640 },
    { kind: 'env', path: 'two', owner: 33, group: 'staff' },
  );
  expect(targets.map(({ wishes }) => wishes)).toEqual([
    { uid: 1001, gid: 1001, mode: 0o640 },
    { uid: 33, gid: 50, mode: undefined },
  ]);
});

test('a count below the places chooses some, the same ones again; above, names differ', async () => {
  const one = await planned({ kind: 'env', path: '~*/', count: 1 });
  expect(one.paths).toHaveLength(1);
  expect((await planned({ kind: 'env', path: '~*/', count: 1 })).paths).toEqual(one.paths);
  const many = await planned({ kind: 'passwords', path: '', count: 60 });
  expect(new Set(many.paths).size).toBe(60);
});

test('folders whose names are no UTF-8 get no trap, and it is said', async () => {
  const base = join(workshop.folder, 'shares');
  await mkdir(join(base, 'plain'), { recursive: true });
  await mkdir(Buffer.concat([Buffer.from(`${base}/`), Buffer.of(0x66, 0xfc, 0x72)]));
  const { paths, left } = await planned({ kind: 'env', path: `${base}/*/.env` });
  expect(paths).toEqual(['/shares/plain/.env']);
  expect(left).toEqual([['/shares/*/.env', '1 folders have names that are no UTF-8: no trap goes there']]);
});

test('a folder whose name begins with two dots lies in the traps folder, its parent does not', async () => {
  const { targets } = await planned(
    { kind: 'env', path: '..data/.env' },
    { kind: 'passwords', path: join(workshop.folder, 'notes.txt') },
  );
  expect(targets.map(({ isOpen }) => isOpen)).toEqual([false, true]);
});
