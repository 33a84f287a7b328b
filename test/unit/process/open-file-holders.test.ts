import { link, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileIdentity } from '../../../src/process/file-identity.js';
import { newestFirst } from '../../../src/process/newest-first.js';
import { OpenFileHolders } from '../../../src/process/open-file-holders.js';
import { ProcReader } from '../../../src/process/proc-reader.js';
import { ProcFixture } from './proc-fixture.js';

let proc: ProcFixture;
let trap: string;
let holders: OpenFileHolders;

beforeEach(async () => {
  proc = await ProcFixture.create();
  trap = join(proc.root, 'trap');
  await writeFile(trap, 'x');
  await writeFile(join(proc.root, 'loadavg'), '0.1 0.1 0.1 1/99 40\n');
  holders = new OpenFileHolders({
    reader: new ProcReader(proc.root),
    inspector: { glance: async (actor) => actor },
    ownPid: 30,
    budgetMs: 5000,
  });
});
afterEach(() => proc.remove());

const unknown = { certainty: 'unknown', ancestors: [] };

describe('OpenFileHolders', () => {
  it('guesses the newest holder and never the daemon', async () => {
    await proc.put({ pid: 10, start: 1, descriptors: { 3: { target: trap } } });
    await proc.put({
      pid: 20,
      start: 2,
      name: 'less',
      descriptors: { 0: { target: 'pipe:[1]' }, 4: { target: trap } },
    });
    await proc.put({ pid: 30, start: 3, descriptors: { 3: { target: trap } } });
    await proc.put({ pid: 40, start: 4, descriptors: { 3: { target: '/elsewhere' } } });
    expect(await holders.actorOf(trap)).toEqual({
      certainty: 'guess',
      process: { pid: 20, name: 'less', startedAtNs: 20_000_000n },
      ancestors: [],
    });
  });

  it('knows the file by its inode under another name, on the same device only', async () => {
    const { inode, device } = (await fileIdentity(trap)) ?? { inode: 0n, device: '' };
    await link(trap, join(proc.root, 'other'));
    const info = `pos:\t0\nflags:\t0100000\nmnt_id:\t24\nino:\t${inode}\n`;
    const opened = { 3: { target: join(proc.root, 'other'), info } };
    await proc.put({
      pid: 10,
      start: 1,
      descriptors: opened,
      mountinfo: `24 1 ${device} / / rw - ext4 /dev/x rw\n`,
    });
    await proc.put({
      pid: 20,
      start: 2,
      descriptors: opened,
      mountinfo: '24 1 99:99 / / rw - ext4 /dev/x rw\n',
    });
    expect((await holders.actorOf(trap)).process?.pid).toBe(10);
  });

  it('answers many questions at one time, each with its own file', async () => {
    const paths = Array.from({ length: 50 }, (_, index) => join(proc.root, `trap${index}`));
    for (const [index, path] of paths.entries()) {
      await writeFile(path, 'x');
      await proc.put({ pid: 100 + index, start: index, descriptors: { 3: { target: path } } });
    }
    const actors = await Promise.all(paths.map((path) => holders.actorOf(path)));
    expect(actors.map(({ process }) => process?.pid)).toEqual(paths.map((_, index) => 100 + index));
  });

  it('knows nobody when nobody has it, it is gone, or procfs is', async () => {
    await proc.put({ pid: 10, start: 1 });
    expect(await holders.actorOf(trap)).toEqual(unknown);
    expect(await holders.actorOf('/no/such/file')).toEqual(unknown);
    const blind = new OpenFileHolders({
      reader: new ProcReader('/no/such/proc'),
      inspector: { glance: async (actor) => actor },
    });
    expect(await blind.actorOf(trap)).toEqual(unknown);
  });
});

it('the newest processes come first, also after pids began again at the bottom', async () => {
  for (const pid of [1, 39, 40, 41, 900]) await proc.put({ pid, start: 1 });
  expect(await newestFirst(proc.root)).toEqual([40, 39, 1, 900, 41]);
});
