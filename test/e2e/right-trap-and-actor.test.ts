import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { type AuditRecord, Installation } from './phantomd.js';

const processes = 300;

/** Runs cat on a file in one process after the other and says the number of each. */
const oneAfterTheOther = `
  my ($path, $times) = @ARGV;
  $| = 1;
  for (1 .. $times) {
    my $child = fork;
    if (!$child) { open(STDOUT, ">", "/dev/null"); exec "cat", $path }
    waitpid $child, 0;
    print "$child\\n";
  }
`;

describeWith(['root', 'bpf', 'bpftrace', 'perl'], 'what is named', () => {
  let installation: Installation;
  let disk: string;
  // A file system so small that it gives out the same inode numbers again and again.
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false } }, 'disk/traps');
    disk = join(installation.folder, 'disk');
    await mkdir(disk);
    await execa('truncate', ['-s', '16M', `${disk}.image`]);
    await execa('mkfs.ext4', ['-q', '-F', '-N', '64', `${disk}.image`]);
    await execa('mount', ['-o', 'loop', `${disk}.image`, disk]);
    await installation.start(['--sensor=ebpf']);
  });
  afterEach(async () => {
    await installation.stop();
    await execa('umount', ['-l', disk]);
    await installation.remove();
  });

  const touchesOf = async (fits: (record: AuditRecord) => boolean) =>
    (await installation.records()).filter(({ event }) => event.action === 'trap-touched').filter(fits);

  it('is no file that has the inode number of a trap that is gone', async () => {
    const path = installation.trap('passwords.txt');
    const { ino } = await stat(path);
    await rm(path);
    await installation.record('the removal', ({ phantom }) => phantom.touch?.op === 'unlink');
    const heir = await fileWithInode(ino, join(disk, 'no-trap'));
    const before = (await touchesOf(() => true)).length;
    await asIntruder('/bin/cat', [heir]);
    await asIntruder('/bin/cat', [installation.trap('.env')]);
    await installation.record('the later touch', ({ file, phantom }) => {
      return file?.name === '.env' && phantom.touch?.op === 'read';
    });
    const later = (await touchesOf(() => true)).slice(before);
    expect(new Set(later.map(({ file }) => file.name))).toEqual(new Set(['.env']));
  });

  it(`is each of ${processes} processes that live for a moment, with its own number`, async () => {
    const path = installation.trap('passwords.txt');
    const said = await asIntruder('/usr/bin/perl', ['-e', oneAfterTheOther, path, String(processes)]);
    const pids = said.split('\n').map(Number);
    expect(pids).toHaveLength(processes);
    await until('as many touches as there were', async () => {
      return (await touchesOf(({ file }) => file.path === path)).length >= 2 * processes;
    });
    for (const op of ['open', 'read']) {
      const touches = await touchesOf(({ file, phantom }) => file.path === path && phantom.touch.op === op);
      expect(touches.map(({ process }) => process?.pid).sort()).toEqual([...pids].sort());
      for (const touch of touches)
        expect(touch).toMatchObject({
          process: { name: 'cat', parent: { name: 'perl' } },
          user: { id: '65534' },
          phantom: { actor: { certainty: 'kernel' } },
        });
      expect(new Set(touches.map(({ phantom }) => phantom.incident.id)).size).toBe(1);
    }
  });
});

/** Makes files until one has an inode number; gives its path. */
async function fileWithInode(ino: number, prefix: string): Promise<string> {
  for (let count = 0; ; count += 1) {
    const path = `${prefix}-${count}`;
    await writeFile(path, 'no trap\n');
    if ((await stat(path)).ino === ino) return path;
  }
}
