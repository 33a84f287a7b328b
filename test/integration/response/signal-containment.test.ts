import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainedProcess } from '../../../src/core/ports/containment.js';
import { readProcess } from '../../../src/response/containment/proc-process.js';
import { SignalContainment } from '../../../src/response/containment/signal-containment.js';
import { FakeDiagnostics } from '../../support/core-fakes.js';
import { describeWith } from '../../support/requirements.js';
import { passwords } from '../../support/touches.js';
import { until } from '../../support/until.js';

/** A process of nobody's: its parent ends, so that it is no child of this one. */
async function stranger(script: string, ...args: string[]): Promise<ContainedProcess> {
  return strange('perl', '-e', script, ...args);
}

async function strange(...command: string[]): Promise<ContainedProcess> {
  const parent = spawn('/bin/sh', ['-c', 'setsid "$@" >/dev/null 2>&1 & echo $!', 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const text = await new Promise<string>((resolve) =>
    parent.stdout?.once('data', (data) => resolve(String(data))),
  );
  await new Promise((resolve) => parent.on('exit', resolve));
  return identify(Number(text));
}

async function identify(pid: number): Promise<ContainedProcess> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string;
  // The kernel's own start is finer than what /proc tells.
  return { pid, startedAtNs: BigInt(ticks) * 10_000_000n + 9_999_999n };
}

describeWith(['root', 'perl'], 'containment by signals', () => {
  const containment = new SignalContainment({ diagnostics: new FakeDiagnostics() });
  let folder: string;
  let mine: ContainedProcess[] = [];
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'containment-'));
  });
  afterEach(async () => {
    for (const process of mine) await containment.kill(process);
    mine = [];
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('leaves alone whoever has given its memory back, for nobody can tell any more which program it was', async () => {
    // So much that the kernel is at it for a while, with the process still on its feet.
    const process = await stranger('my $memory = "a" x 512_000_000; sleep 60');
    mine.push(process);
    await until('its memory', async () =>
      /VmRSS:\s+[5-9]\d{5} kB/.test(await readFile(`/proc/${process.pid}/status`, 'utf8')),
    );
    kill(process.pid, 'SIGKILL');
    while (existsSync(`/proc/${process.pid}/exe`)) {}
    expect(readProcess(process.pid)?.state).not.toBe('Z');
    expect(await containment.kill(process)).toBe(false);
  });

  it('stops, releases and kills', async () => {
    const process = await stranger('sleep 60');
    mine.push(process);
    expect(await containment.stop(process)).toBe(true);
    await until('it to stand still', () => containment.isStopped(process));
    expect(await containment.release(process)).toBe(true);
    await until('it to go on', () => !containment.isStopped(process) && containment.isAlive(process));
    expect(await containment.kill(process)).toBe(true);
    await until('its end', () => !containment.isAlive(process));
    expect(await containment.stop(process)).toBe(false);
    expect(await containment.release(process)).toBe(false);
  });

  it('waits for a stop that is on its way, which a release would take away unseen', async () => {
    const program = join(folder, 'vforking');
    await promisify(execFile)('cc', ['-o', program, 'test/integration/response/vforking.c']);
    child = spawn(program, { stdio: ['pipe', 'ignore', 'ignore'] });
    const pid = child.pid as number;
    await until('it to wait for its child', () => readProcess(pid)?.state === 'D');
    kill(pid, 'SIGSTOP');
    const process = await identify(pid);
    expect(containment.isStopped(process)).toBe(false);
    const stands = containment.standsStill(process);
    child.stdin?.end('x');
    expect(await stands).toBe(true);
    kill(pid, 'SIGCONT');
    await until('it to go on', () => !containment.isStopped(process));
    expect(await containment.standsStill(process)).toBe(false);
  });

  it('leaves a process alone that has the number and not the start', async () => {
    const process = await stranger('sleep 60');
    mine.push(process);
    const other = { ...process, startedAtNs: process.startedAtNs + 10_000_000n };
    for (const signal of ['stop', 'release', 'kill'] as const)
      expect(await containment[signal](other)).toBe(false);
    expect(containment.isStopped(process)).toBe(false);
    expect(containment.isAlive(process)).toBe(true);
  });

  it('never stops or kills PID 1, threads of the kernel, the daemon or its children', async () => {
    child = spawn('sleep', ['60']);
    for (const pid of [1, 2, process.pid, child.pid as number]) {
      const never = await identify(pid);
      expect(await containment.stop(never), `stop ${pid}`).toBe(false);
      expect(await containment.kill(never), `kill ${pid}`).toBe(false);
      expect(containment.isStopped(never)).toBe(false);
    }
  });

  it('finds those that stand still with a trap open or mapped, and nobody else', async () => {
    const [path, other] = [join(folder, 'passwords.txt'), join(folder, 'other')];
    await writeFile(path, 'secret\n'.repeat(1000));
    await writeFile(other, 'nothing');
    const trap = { ...passwords, path };
    const holds = 'open(my $file, "<", $ARGV[0]); kill STOP => $$; sleep 60';
    const opened = await stranger(holds, path);
    const elsewhere = await stranger(holds, other);
    const running = await stranger('open(my $file, "<", $ARGV[0]); sleep 60', path);
    // mmap(2) by its number, read-only and private, and no descriptor left.
    const mapping = `
      open(my $file, "<", $ARGV[0]);
      syscall(${process.arch === 'arm64' ? 222 : 9}, 0, 4096, 1, 2, fileno($file), 0);
      close($file); kill STOP => $$; sleep 60`;
    const mapped = await stranger(mapping, path);
    mine.push(opened, elsewhere, running, mapped);
    await until('three to stand still', () =>
      [opened, elsewhere, mapped].every((one) => containment.isStopped(one)),
    );
    const found = await containment.stranded([trap, { ...trap, path: join(folder, 'gone') }]);
    expect(found.map(({ pid }) => pid).sort()).toEqual([opened.pid, mapped.pid].sort());
    expect(found[0]?.name).toBe('perl');
    for (const process of found) expect(await containment.release(process)).toBe(true);
    await until('both to go on', () => found.every((one) => !containment.isStopped(one)));
    expect(await containment.stranded([trap])).toEqual([]);
  });

  describe('of a process whose first thread has ended', () => {
    const stateOf = async ({ pid }: ContainedProcess) =>
      /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''))?.[1];

    async function leaderless(path: string, how: 'open' | 'map') {
      const program = join(folder, 'leaderless');
      await promisify(execFile)('cc', ['-pthread', '-o', program, 'test/integration/response/leaderless.c']);
      const process = await strange(program, path, how);
      mine.push(process);
      await until('its first thread to end', async () => (await stateOf(process)) === 'Z');
      return process;
    }

    it('stops, releases and kills those that live on', async () => {
      const process = await leaderless('/dev/null', 'open');
      expect(containment.isAlive(process)).toBe(true);
      expect(containment.isStopped(process)).toBe(false);
      expect(await containment.stop(process)).toBe(true);
      await until('it to stand still', () => containment.isStopped(process), 2000);
      expect(await containment.release(process)).toBe(true);
      await until('it to go on', () => !containment.isStopped(process), 2000);
      expect(await containment.kill(process)).toBe(true);
      await until('its end', () => !containment.isAlive(process), 2000);
      expect(await containment.release(process)).toBe(false);
    });

    it.each(['open', 'map'] as const)('finds it stranded with a trap: %s', async (how) => {
      const path = join(folder, 'passwords.txt');
      await writeFile(path, 'secret\n'.repeat(1000));
      const process = await leaderless(path, how);
      globalThis.process.kill(process.pid, 'SIGSTOP');
      const trap = { ...passwords, path };
      const found = await until(
        'it to be found',
        async () => (await containment.stranded([trap])).find(({ pid }) => pid === process.pid),
        2000,
      );
      expect(found.name).toBe('leaderless');
      expect(await containment.release(found)).toBe(true);
      await until('it to go on', async () => (await containment.stranded([trap])).length === 0, 2000);
    });
  });
});
