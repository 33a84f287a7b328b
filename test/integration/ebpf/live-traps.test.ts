import { rename, unlink, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Trap } from '../../../src/core/trap.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { WatchedFolder } from './watched-folder.js';

/** Opens and reads a path until its standard input ends, and says how often. */
const endlessReader = `
  use IO::Select;
  my $end = IO::Select->new(\\*STDIN);
  my ($count, $bytes) = (0);
  until ($end->can_read(0)) {
    open(my $file, "<", $ARGV[0]) or die;
    sysread($file, $bytes, 1) == 1 or die;
    $count++;
  }
  print $count;
`;

describeWith(['root', 'bpf', 'bpftrace', 'perl'], 'traps that come and go under the eBPF sensor', () => {
  let watched: WatchedFolder;
  beforeEach(async () => {
    watched = await WatchedFolder.arm(['key']);
  });
  afterEach(() => watched.remove());

  it('are watched without a gap while one is replaced by another again and again', async () => {
    const reader = execa('perl', ['-e', endlessReader, watched.path('key')], { stdin: 'pipe' });
    let current: Trap = { id: 'key', kind: 'test', path: watched.path('key'), sha256: '', size: 7 };
    const ids = [current.id];
    for (let round = 1; round <= 10; round += 1) {
      const next: Trap = { ...current, id: `key-${round}` };
      const temporary = watched.path(`.new-${round}`);
      await writeFile(temporary, 'secret\n');
      expect(await watched.sensor.add([next], () => temporary)).toEqual([]);
      await rename(temporary, next.path);
      await watched.sensor.remove([current]);
      current = next;
      ids.push(next.id);
    }
    reader.stdin.end();
    const opens = Number((await reader).stdout);
    const told = () => ids.reduce((sum, id) => sum + watched.counted(id, 'open'), 0);
    await until('nearly every open to be told', () => told() > 0.9 * opens);
    // What is told of a file while it is being replaced cannot be told from another's with its inode
    // number, and is left out; nothing is told twice.
    expect(told()).toBeLessThanOrEqual(opens);
    expect(watched.losses).toEqual([]);
  });

  it('are told of no longer once they are removed', async () => {
    const other = await watched.plant('other');
    await watched.sensor.add([other]);
    await execa('cat', [other.path]);
    await until('the touch of a trap added live', () => watched.counted('other', 'read') > 0);
    await watched.sensor.remove([other]);
    const before = watched.counted('other', 'open');
    await execa('cat', [other.path]);
    await execa('cat', [watched.path('key')]);
    await until('a later touch of another', () => watched.counted('key', 'read') > 0);
    expect(watched.counted('other', 'open')).toBe(before);
  });

  it('may become more than the maps of the script hold: another takes over, and the gap is told', async () => {
    const names = Array.from({ length: 16_500 }, (_, index) => `many-${index}`);
    for (let begin = 0; begin < names.length; begin += 500)
      await watched.sensor.add(
        await Promise.all(names.slice(begin, begin + 500).map((name) => watched.plant(name))),
      );
    await until('the gap to be over', () => watched.gaps.length > 0, 60_000);
    expect(watched.losses).toEqual(['its maps have no room for more traps']);
    for (const name of ['key', 'many-0', 'many-16499']) {
      await execa('cat', [watched.path(name)]);
      await until(`the touch of ${name}`, () => watched.counted(name, 'read') > 0);
    }
  });

  it('that cannot be watched yet are told as a gap, and tried again', async () => {
    const late: Trap = { ...(await watched.plant('late')), path: watched.path('late') };
    await unlink(late.path);
    expect(await watched.sensor.add([late], () => watched.path('.late'))).toMatchObject([{ trap: late }]);
    expect(watched.gaps.at(-1)?.reason).toContain(`${late.path} is not watched: ENOENT`);
    await watched.plant('late');
    await until('it to be watched', () => watched.gaps.at(-1)?.reason.includes('was not watched'));
    await execa('cat', [late.path]);
    await until('the touch', () => watched.counted('late', 'read') > 0);
  });

  it('may be added while the script is killed: the next one knows them', async () => {
    const names = Array.from({ length: 3000 }, (_, number) => `more-${number}`);
    const more: Trap[] = [];
    for (const name of names) more.push(await watched.plant(name));
    const adding = watched.sensor.add(more);
    await watched.killScript();
    expect(await adding).toEqual([]);
    await until('another script', () => watched.gaps.length > 0, 90_000);
    await execa('cat', [watched.path('more-2999')]);
    await until('the touch', () => watched.counted('more-2999', 'read') > 0);
  });
});
