import { execFile } from 'node:child_process';
import { lchown, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseOpenFile } from '../../../src/core/mount-table.js';
import { openGuarded } from '../../../src/process/evidence/guarded-file.js';
import { describeWith } from '../../support/requirements.js';

const run = promisify(execFile);
const nobody = 65534;

describeWith(['root'], 'a file that an intruder may have laid out', () => {
  let root: string;
  const read = async (path: string) => {
    const file = await openGuarded(path, { root, mountTables: ['/proc/self/mountinfo'] });
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'guarded-'));
    await mkdir(join(root, 'home/eve'), { recursive: true });
    await writeFile(join(root, 'home/eve/.bash_history'), 'whoami\n');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is read below the root it is meant in', async () => {
    expect(await read('/home/eve/.bash_history')).toBe('whoami\n');
    expect(await read('//home/./eve/../eve/.bash_history')).toBe('whoami\n');
  });

  it('is read behind links of root, as they are meant in that root', async () => {
    await symlink('/home', join(root, 'users'));
    await symlink('../home/eve', join(root, 'home/admin'));
    expect(await read('/users/eve/.bash_history')).toBe('whoami\n');
    expect(await read('/home/admin/.bash_history')).toBe('whoami\n');
  });

  it('leads nowhere out of that root', async () => {
    await writeFile(`${root}-outside`, 'outside');
    try {
      await expect(read(`/../${root.split('/').at(-1)}-outside`)).rejects.toThrow('ENOENT');
      await symlink('/', join(root, 'up'));
      await expect(read(`/up${root}-outside`)).rejects.toThrow('ENOENT');
    } finally {
      await rm(`${root}-outside`);
    }
  });

  it('is refused behind a link that a user made, and where it is a link itself', async () => {
    await symlink('/home', join(root, 'mine'));
    await lchown(join(root, 'mine'), nobody, nobody);
    await expect(read('/mine/eve/.bash_history')).rejects.toThrow('behind a link that a user made');
    await symlink('/home/eve/.bash_history', join(root, 'last'));
    await expect(read('/last')).rejects.toThrow('a link');
    await symlink('/circle', join(root, 'circle'));
    await expect(read('/circle/x')).rejects.toThrow('too many links');
  });

  it('is refused where it is a FIFO, without waiting for anybody, or a folder or a device', async () => {
    await run('mkfifo', [join(root, 'fifo')]);
    await run('mknod', [join(root, 'zero'), 'c', '1', '5']);
    for (const path of ['/fifo', '/zero', '/home'])
      await expect(read(path)).rejects.toThrow('not a regular file');
  });

  it('is not even looked for below a root that somebody else serves', async () => {
    const handle = await open(root);
    const { mount } = parseOpenFile(await readFile(`/proc/self/fdinfo/${handle.fd}`, 'latin1'));
    await handle.close();
    for (const type of ['fuse', 'overlay']) {
      const table = Buffer.from(`${mount} 1 0:9999 / / rw - ${type} own rw\n`);
      await expect(openGuarded('/nowhere', { root, mountTables: [table] })).rejects.toThrow('may not answer');
    }
  });

  it('leaves no descriptor open, whatever comes of it', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = await open();
    for (const path of ['/home/eve/.bash_history', '/nowhere/x', '/home', `/${'x/'.repeat(200)}`])
      await read(path).catch(() => undefined);
    expect(await open()).toBe(before);
  });
});
