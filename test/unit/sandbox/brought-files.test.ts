import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BroughtFile } from '../../../src/core/ports/sandbox.js';
import { readBroughtFiles } from '../../../src/sandbox/docker/brought-files.js';
import { walkGuestTree } from '../../../src/sandbox/docker/guest-tree.js';
import { filePiece } from '../../../src/sandbox/look/piece.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'guest-root-'));
  await mkdir(join(root, 'tmp/deep'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

async function brought(more: Partial<Parameters<typeof readBroughtFiles>[0]> = {}): Promise<BroughtFile[]> {
  const found: BroughtFile[] = [];
  const from = { root, folders: ['/tmp', '/absent'], furniture: [], mostBytes: 100, isKnown: () => false };
  for await (const file of readBroughtFiles({ ...from, ...more })) found.push(file);
  return found.sort((one, other) => one.path.localeCompare(other.path));
}
const hash = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

it('tells new files and changed ones, not those that lay there', async () => {
  await writeFile(join(root, 'tmp/new'), 'n');
  await writeFile(join(root, 'tmp/changed'), 'after');
  await writeFile(join(root, 'tmp/deep/same'), 'as it was');
  const furniture = [
    filePiece('tmp/changed', 'before', new Date()),
    filePiece('tmp/deep/same', 'as it was', new Date()),
  ];
  expect(await brought({ furniture })).toEqual([
    { path: '/tmp/changed', sha256: hash('after'), size: 5, content: Buffer.from('after') },
    { path: '/tmp/new', sha256: hash('n'), size: 1, content: Buffer.from('n') },
  ]);
});

it('leaves the content out of what is too large or known already', async () => {
  const large = Buffer.alloc(700_000, 'x');
  await writeFile(join(root, 'tmp/large'), large);
  await writeFile(join(root, 'tmp/known'), 'known');
  expect(await brought({ isKnown: (sha256) => sha256 === hash('known') })).toEqual([
    { path: '/tmp/known', sha256: hash('known'), size: 5 },
    { path: '/tmp/large', sha256: hash(large), size: 700_000 },
  ]);
});

it('makes names of any bytes printable', async () => {
  await writeFile(Buffer.concat([Buffer.from(join(root, 'tmp/')), Buffer.from([0x1b, 0xff, 0x0a])]), '');
  expect((await brought()).map(({ path }) => path)).toEqual(['/tmp/\\x1b\\xff\\x0a']);
});

it('passes over links, pipes and sockets without waiting', async () => {
  await symlink('/etc/passwd', join(root, 'tmp/link'));
  await symlink('/etc', join(root, 'tmp/folder-link'));
  execFileSync('mkfifo', [join(root, 'tmp/pipe')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'tmp/socket'), resolve));
  expect(await brought()).toEqual([]);
  server.close();
});

it('goes into no folder that is a link itself, not even at the top', async () => {
  await rm(join(root, 'tmp'), { recursive: true });
  await symlink('/etc', join(root, 'tmp'));
  expect(await brought()).toEqual([]);
});

it('never leaves when folders and files are swapped for links all the while', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  await writeFile(join(outside, 'secret'), 'secret');
  await writeFile(join(root, 'tmp/deep/secret'), 'bait');
  await symlink(outside, join(root, 'tmp/other'));
  await symlink(join(outside, 'secret'), join(root, 'tmp/deep/second'));
  let swapping = true;
  const swap = (async () => {
    while (swapping) {
      const at = (name: string) => join(root, 'tmp', name);
      await rename(at('deep'), at('aside'));
      await rename(at('other'), at('deep'));
      await rename(at('deep'), at('other'));
      await rename(at('aside'), at('deep'));
    }
  })();
  const seen = new Set<string>();
  for (let round = 0; round < 150; round += 1)
    for (const { content } of await brought()) seen.add(Buffer.from(content ?? []).toString());
  swapping = false;
  await swap;
  await rm(outside, { recursive: true });
  expect([...seen]).toEqual(['bait']);
});

it('is bounded in names, depth and time', async () => {
  for (let name = 0; name < 30; name += 1) await writeFile(join(root, 'tmp', `f${name}`), String(name));
  await mkdir(join(root, `tmp${'/d'.repeat(40)}`), { recursive: true });
  await writeFile(join(root, `tmp${'/d'.repeat(40)}/bottom`), '');
  const count = async (limits: Partial<Parameters<typeof walkGuestTree>[2]>) => {
    let found = 0;
    const bounds = { entries: 1000, depth: 24, until: Infinity, ...limits };
    for await (const _file of walkGuestTree(root, ['/tmp'], bounds)) found += 1;
    return found;
  };
  expect(await count({})).toBe(30);
  expect(await count({ depth: 50 })).toBe(31);
  expect(await count({ entries: 10 })).toBeLessThanOrEqual(10);
  expect(await count({ until: performance.now() - 1 })).toBe(0);
});
