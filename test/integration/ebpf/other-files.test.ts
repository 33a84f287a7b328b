import { execFile } from 'node:child_process';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { WatchedFolder } from './watched-folder.js';

const run = promisify(execFile);

/** Unlinks a trap; a process of another session then makes a file and reads it. Tells pid and inodes. */
const reuse = `use POSIX; my ($trap, $new) = @ARGV; my $old = (stat $trap)[1];
  pipe(my $r, my $w); my $pid = fork;
  if (!$pid) { POSIX::setsid(); sysread($r, my $go, 1); open(my $f, '+>', $new); syswrite($f, 'hello');
    open(my $g, '<', $new); sysread($g, my $x, 9); my $ino = (stat $new)[1]; print "$$ $old $ino"; exit; }
  select(undef, undef, undef, 0.2); unlink $trap; syswrite($w, 'x'); waitpid($pid, 0);`;

/** Pid of the bpftrace that this process started. */
async function bpftraceOf(folder: string): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
    if (/^(?:\S*\/)?bpftrace\0/.test(command) && command.includes(folder)) return Number(name);
  }
  return undefined;
}

describeWith(['root', 'bpf', 'bpftrace'], 'files beside the traps', () => {
  let watched: WatchedFolder;
  afterEach(() => watched.remove());

  async function killBpftrace(): Promise<void> {
    const pid = await until('bpftrace', () => bpftraceOf(watched.folder));
    const gaps = watched.gaps.length;
    process.kill(pid, 'SIGKILL');
    await until('the next bpftrace', () => watched.gaps.length > gaps, 60_000);
  }

  async function read(path: string): Promise<number> {
    const { stdout } = await run('/bin/sh', ['-c', 'echo $$; exec cat "$0"', path]);
    return Number(stdout.split('\n', 1)[0]);
  }
  const touchesOf = (pid: number) =>
    watched.touches
      .filter(({ actor }) => actor.process?.pid === pid)
      .map(({ trapId, op }) => `${op} ${trapId}`);

  it('are no alarm when they get the inode number of a trap that was just removed', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `trap-${index}`);
    watched = await WatchedFolder.arm([...names, 'last']);
    let reused = 0;
    for (const name of names) {
      // Others on this host may be quicker to get the number.
      if (reused === 3) break;
      const made = watched.path(`innocent-${name}`);
      const { stdout } = await run('perl', ['-e', reuse, watched.path(name), made]);
      const [pid, old, now] = stdout.split(' ').map(Number) as [number, number, number];
      if (old === now) reused += 1;
      await until('the removal is told', () => watched.counted(name, 'unlink') > 0);
      const reader = await read(watched.path('last'));
      await until('all of before is told', () => touchesOf(reader).includes('read last'));
      expect(touchesOf(pid)).toEqual([]);
    }
    expect(reused).toBeGreaterThan(0);
  });

  it('do not hide who opens a trap, reads and removes it at once', async () => {
    watched = await WatchedFolder.arm(['one', 'two']);
    const script = 'open(my $f, "<", $ARGV[0]); unlink $ARGV[0]; sysread($f, my $x, 9); close $f; print $$;';
    const { stdout } = await run('perl', ['-e', script, watched.path('one')]);
    await until('the reading is told', () => touchesOf(Number(stdout)).includes('read one'));
    await until('the removal is told', () => touchesOf(Number(stdout)).includes('unlink one'));
    const [touch] = watched.touches.filter(({ op }) => op === 'read');
    expect(touch?.actor).toMatchObject({ certainty: 'kernel', process: { name: 'perl' } });
    expect(touch?.actor.ancestors.length).toBeGreaterThan(0);
  });

  it('are no alarm in the place of a trap after a restart, and the trap is watched where it went', async () => {
    watched = await WatchedFolder.arm(['one', 'two']);
    await rename(watched.path('one'), `${watched.folder}/away`);
    await writeFile(watched.path('one'), 'harmless\n');
    await killBpftrace();
    const harmless = await read(watched.path('one'));
    const toucher = await read(`${watched.folder}/away`);
    await until('the moved trap is seen', () => touchesOf(toucher).includes('read one'));
    expect(touchesOf(harmless)).toEqual([]);
  });

  it('may lie over the traps while bpftrace restarts: the traps are watched all the same', async () => {
    watched = await WatchedFolder.arm(['one']);
    const traps = `${watched.folder}/traps`;
    await run('mount', ['-t', 'tmpfs', 'none', traps]);
    try {
      await killBpftrace();
    } finally {
      await run('umount', [traps]);
    }
    const toucher = await read(watched.path('one'));
    await until('the trap is seen', () => touchesOf(toucher).includes('read one'));
    expect(watched.gaps.map(({ reason }) => reason)).not.toContainEqual(
      expect.stringContaining('not watched'),
    );
  });
});
