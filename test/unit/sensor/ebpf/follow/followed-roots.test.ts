import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FollowedRoots } from '../../../../../src/sensor/ebpf/follow/followed-roots.js';

describe('the processes because of which others are followed', () => {
  it('are those that still run, and were told of lately', async () => {
    let now = 0;
    const roots = new FollowedRoots(300, undefined, () => now);
    const child = execFile('sleep', ['600']);
    const pid = child.pid as number;
    roots.add(pid);
    roots.add(process.pid);
    now = 200_000;
    roots.seen(process.pid);
    expect(roots.alive()).toEqual([pid, process.pid]);
    now = 400_000;
    expect(roots.alive()).toEqual([process.pid]);
    roots.add(pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(roots.alive()).toEqual([process.pid]);
  });

  it('are no later processes with their numbers', () => {
    const roots = new FollowedRoots(300);
    roots.add(process.pid, 1n);
    expect(roots.alive()).toEqual([]);
  });

  it('are bounded in number, the latest kept', () => {
    const roots = new FollowedRoots(300, undefined, () => 0);
    for (let pid = 5_000_000; pid < 5_002_000; pid += 1) roots.add(pid, 1n);
    roots.add(process.pid);
    expect(roots.alive()).toEqual([process.pid]);
  });
});
