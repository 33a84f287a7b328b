import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PlannedTraps } from '../../../src/factory/plan-traps.js';
import { describeWith } from '../../support/requirements.js';
import { openWorkshop, type Workshop } from '../../unit/factory/workshop.js';

const deploy = 65_533;
const mounted: string[] = [];
let workshop: Workshop;
let home: string;
beforeEach(async () => {
  workshop = await openWorkshop();
  await chmod(workshop.folder, 0o755);
  home = join(workshop.folder, 'home');
  await mkdir(home);
  await chown(home, deploy, deploy);
});
afterEach(async () => {
  for (const folder of mounted.splice(0)) await execa('umount', [folder]);
  await workshop[Symbol.asyncDispose]();
});

const factory = (...wanted: PlannedTraps[]) => workshop.factory({ wanted: async () => wanted });
const here = { kind: 'passwords', path: '' };
const asUser = (...command: [string, ...string[]]) =>
  execa('setpriv', [`--reuid=${deploy}`, `--regid=${deploy}`, '--clear-groups', ...command], {
    reject: false,
  });

describeWith(['root'], 'the home folder of a user', () => {
  test('a trap there is like its neighbours, and the times of the folder do not tell', async () => {
    for (const name of ['a.conf', 'b.conf', 'c.conf']) {
      await writeFile(join(home, name), 'x');
      await chown(join(home, name), deploy, 100);
      await chmod(join(home, name), 0o640);
    }
    await utimes(home, 1_700_000_000, 1_700_000_000);
    const { planted, skipped } = await factory({ kind: 'passwords', path: `${home}/` }).plant();
    expect([planted.length, skipped]).toEqual([1, []]);
    const trap = await stat(join(home, 'passwords.txt'), { bigint: true });
    expect([Number(trap.uid), Number(trap.gid), Number(trap.mode) & 0o777]).toEqual([deploy, 100, 0o640]);
    expect(trap.mtimeNs % 1000n === 0n && trap.atimeNs % 1000n === 0n).toBe(false);
    expect((await stat(home)).mtimeMs).toBe(1_700_000_000_000);
    expect((await asUser('cat', join(home, 'passwords.txt'))).stdout).not.toBe('');
  });

  test('where all neighbours were unpacked, times have no fraction either', async () => {
    for (const name of ['a', 'b', 'c']) {
      await writeFile(join(home, name), 'x');
      await utimes(join(home, name), 1_600_000_000, 1_600_000_000);
    }
    await factory({ kind: 'passwords', path: `${home}/` }).plant();
    expect((await stat(join(home, 'passwords.txt'), { bigint: true })).mtimeNs % 1_000_000_000n).toBe(0n);
  });

  test('a key keeps the mode its program demands; owner and mode of the manifest come first', async () => {
    await writeFile(join(home, 'a'), 'x', { mode: 0o664 });
    const { planted } = await factory(
      { kind: 'ssh-key', path: `${home}/` },
      { kind: 'env', path: `${home}/`, owner: 33, group: 34, mode: 0o604 },
    ).plant();
    expect(planted).toHaveLength(3);
    expect((await stat(join(home, 'id_rsa'))).mode & 0o777).toBe(0o600);
    const { uid, gid, mode } = await stat(join(home, '.env'));
    expect([uid, gid, mode & 0o777]).toEqual([33, 34, 0o604]);
  });

  test('folders that are made belong to the user, keep to the owner what is private, and go with the trap', async () => {
    const traps = factory(here, { kind: 'aws-credentials', path: `${home}/` });
    await traps.plant();
    const { uid, gid, mode } = await stat(join(home, '.aws'));
    expect([uid, gid, mode & 0o777]).toEqual([deploy, deploy, 0o700]);
    expect((await stat(join(home, '.aws'))).mtimeMs).toBeLessThan(Date.now() - 86_400_000);
    expect((await traps.unplant()).left).toEqual([]);
    expect(await readdir(home)).toEqual([]);
  });

  test.each([
    '.aws',
    '.aws/deeper',
  ])('a link at %s leads nowhere, and other traps are planted', async (name) => {
    const elsewhere = join(workshop.folder, 'elsewhere');
    await mkdir(elsewhere);
    if (name.includes('/')) await mkdir(join(home, '.aws'));
    await symlink(elsewhere, join(home, name));
    const { planted, skipped } = await factory(here, { kind: 'env', path: `${home}/.aws/deeper/` }).plant();
    expect(planted.map(({ kind }) => kind)).toEqual(['passwords']);
    expect(skipped).toEqual([
      { path: `${home}/.aws/deeper/.env`, reason: expect.stringMatching(/is a symbolic link/) },
    ]);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test('a folder that is swapped for a link meanwhile: nothing is written where the link leads', async () => {
    const elsewhere = join(workshop.folder, 'elsewhere');
    await mkdir(elsewhere);
    const app = join(home, 'app');
    await mkdir(app);
    const placing = async () => {
      await rename(app, `${app}.moved`);
      await symlink(elsewhere, app);
    };
    const { planted, skipped } = await factory(here, { kind: 'env', path: `${app}/` }).plant({
      watch: { placing, left: async () => {} },
    });
    expect(planted.map(({ kind }) => kind)).toEqual(['passwords']);
    expect(skipped[0]?.reason).toBe('its folder was moved during planting');
    expect([await readdir(elsewhere), await readdir(`${app}.moved`)]).toEqual([[], []]);
  });

  test('a temporary file that is swapped becomes no trap, and what it was swapped for is not written to', async () => {
    const precious = join(workshop.folder, 'precious');
    await writeFile(precious, 'precious');
    let swapped = '';
    const { planted, skipped } = await factory(here, { kind: 'env', path: `${home}/` }).plant({
      watch: {
        placing: async (traps, nowAt) => {
          for (const trap of traps.filter(({ kind }) => kind === 'env')) {
            swapped = nowAt(trap);
            await rename(swapped, `${home}/aside`);
            await symlink(precious, swapped);
          }
        },
        left: async () => {},
      },
    });
    expect(planted.map(({ kind }) => kind)).toEqual(['passwords']);
    expect(skipped[0]?.reason).toBe('it was swapped during planting');
    expect(await readFile(precious, 'utf8')).toBe('precious');
    expect((await lstat(precious)).nlink).toBe(1);
  });

  test('a temporary file that its user deletes costs that trap only', async () => {
    const { planted, skipped } = await factory(
      { kind: 'ssh-key-ed25519', path: `${home}/` },
      { kind: 'env', path: `${home}/` },
      here,
    ).plant({
      watch: {
        placing: async (traps, nowAt) => {
          for (const trap of traps)
            if (trap.path.endsWith('.pub') || trap.kind === 'env') await unlink(nowAt(trap));
        },
        left: async () => {},
      },
    });
    expect(planted.map(({ kind }) => kind)).toEqual(['passwords']);
    expect(skipped.map(({ reason }) => reason)).toEqual(Array(2).fill('it went away during planting'));
    expect(await readdir(home)).toEqual([]);
    const { temporaries, traps } = await workshop.registry();
    expect([temporaries, traps.map(({ kind }) => kind)]).toEqual([[], ['passwords']]);
  });

  test('unplanting leaves what the user put in the place of a trap', async () => {
    const traps = factory({ kind: 'env', path: `${home}/` });
    await traps.plant();
    await rename(join(home, '.env'), join(home, '.env.kept'));
    await writeFile(join(home, '.env'), 'mine');
    expect((await traps.unplant()).left).toEqual([
      { path: join(home, '.env'), reason: 'another file has taken its place' },
    ]);
    expect(await readFile(join(home, '.env'), 'utf8')).toBe('mine');
  });

  test('rotation keeps owner and mode that it has by now', async () => {
    const traps = factory({ kind: 'env', path: `${home}/` });
    await traps.plant();
    await chmod(join(home, '.env'), 0o440);
    expect((await traps.plant({ rotates: () => true })).planted).toHaveLength(1);
    const { uid, mode } = await stat(join(home, '.env'));
    expect([uid, mode & 0o777]).toEqual([deploy, 0o440]);
  });
});

describeWith(['root'], 'a place that refuses', () => {
  async function mountMemory(folder: string, options: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    mounted.push(folder);
  }

  test.each([
    ['a full disk', 'size=4k,nr_inodes=1', /without free space/],
    ['a read-only file system', 'size=64k,ro', /read-only/],
  ])('%s is left out with the reason, and nothing half done is there', async (_name, options, reason) => {
    const shared = join(workshop.folder, 'shared');
    await mountMemory(shared, options);
    const { planted, skipped } = await factory(here, { kind: 'salary', path: `${shared}/` }).plant();
    expect(planted.map(({ kind }) => kind)).toEqual(['passwords']);
    const path = expect.stringMatching(/^\/.*\/shared\/salary_20\d\d\.docx$/);
    expect(skipped).toEqual([{ path, reason: expect.stringMatching(reason) }]);
    expect(await readdir(shared)).toEqual([]);
    expect(await workshop.registry()).toMatchObject({ temporaries: [], traps: [{ kind: 'passwords' }] });
    expect(await readdir(join(workshop.stateDir, 'traps'))).toHaveLength(1);
  });

  test('a folder that is mounted read-only over a writable one', async () => {
    const site = join(workshop.folder, 'site');
    await mkdir(site);
    await execa('mount', ['--bind', site, site]);
    mounted.push(site);
    await execa('mount', ['-o', 'remount,bind,ro', site]);
    const { planted, skipped } = await factory(here, { kind: 'env', path: `${site}/deep/` }).plant();
    expect([planted.length, skipped[0]?.reason]).toEqual([1, expect.stringMatching(/read-only/)]);
  });

  test('a name that is too long for the file system is left out', async () => {
    const { planted, skipped } = await factory(here, {
      kind: 'env',
      path: `${home}/${'x'.repeat(256)}`,
    }).plant();
    expect([planted.length, skipped[0]?.reason]).toEqual([1, expect.stringMatching(/too long/)]);
  });

  test('a preview leaves out what a planting leaves out', async () => {
    await symlink('/etc', join(home, 'link'));
    await writeFile(join(home, 'file'), '');
    const traps = factory(
      here,
      { kind: 'env', path: `${home}/link/` },
      { kind: 'env', path: `${home}/file/deep/` },
      { kind: 'env', path: `${home}/${'x'.repeat(256)}` },
      { kind: 'env', path: `${home}/new/deep/` },
    );
    const { wouldPlant, leftOut } = await traps.preview();
    const { planted, skipped } = await traps.plant();
    const sorted = (paths: readonly { readonly path: string }[]) => paths.map(({ path }) => path).sort();
    expect(sorted(wouldPlant)).toEqual(sorted(planted));
    const reasons = (some: typeof skipped) =>
      [...some].sort((one, other) => (one.path < other.path ? -1 : 1));
    expect(reasons(leftOut)).toEqual(reasons(skipped));
  });

  test('folders whose names are no UTF-8 are left out of patterns', async () => {
    await mkdir(Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0x41])]));
    await mkdir(join(home, 'plain'));
    const { planted } = await factory({ kind: 'env', path: `${home}/*/` }).plant();
    expect(planted.map(({ path }) => path)).toEqual([join(home, 'plain', '.env')]);
  });
});
