import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { findAccomplices } from '../../../src/response/containment/accomplices.js';
import { nsPerTick, type ProcProcess, readProcess } from '../../../src/response/containment/proc-process.js';
import { describeWith } from '../../support/requirements.js';

/** Leads a session: one child beside it, one in a group of its own below another program. Tells their pids. */
const family = `
$| = 1;
my $beside = fork() // die;
if ($beside == 0) { sleep 60; exit }
my $sleeper = fork() // die;
if ($sleeper == 0) { exec 'sleep', '60' }
my $apart = fork() // die;
if ($apart == 0) { if (fork() == 0) { setpgrp(0, 0); print "$$\\n"; sleep 60; exit } exit }
waitpid $apart, 0;
print "$beside $sleeper\\n";
sleep 60;
`;

describeWith(['root', 'perl'], 'who works beside a process', () => {
  let leader: ChildProcess | undefined;
  afterEach(() => {
    if (leader?.pid !== undefined) process.kill(-leader.pid, 'SIGKILL');
  });

  it('is who runs the same program in its process group, none of another program or group', async () => {
    leader = spawn('perl', ['-e', family], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = leader.pid as number;
    const numbers = await new Promise<number[]>((resolve) => {
      let text = '';
      leader?.stdout?.on('data', (chunk) => {
        text += chunk;
        const found = text.match(/\d+/g) ?? [];
        if (found.length === 3) resolve(found.map(Number));
      });
    });
    const beside = readProcess(pid) as ProcProcess;
    const known = (number: number) =>
      readProcess(number)?.group === pid && readProcess(number)?.name === 'perl';
    const { ino: inode } = statSync(`/proc/${pid}/exe`, { bigint: true });
    const suspect = {
      pid,
      startedAtNs: beside.startTicks * nsPerTick,
      parent: beside.parent,
      posixSession: pid,
      executableFile: { device: 0n, inode },
    };
    expect(findAccomplices(suspect).map((one) => one.pid)).toEqual(numbers.filter(known));
    expect(findAccomplices(suspect)).toHaveLength(1);
    expect(findAccomplices({ ...suspect, posixSession: 1 })).toEqual([]);
    // It is gone, and was the leader: its number is that of the group.
    expect(findAccomplices({ ...suspect, startedAtNs: 1n })).toHaveLength(1);
  });
});
