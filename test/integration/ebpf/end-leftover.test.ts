import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftoverScripts } from '../../../src/sensor/ebpf/end-leftover.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';

/** Kills whoever calls getpgid(4242); the many other probes make the kernel take its time to detach them. */
const script = `
tracepoint:syscalls:sys_enter_getpgid /args->pid == 4242/ { signal("KILL"); }
tracepoint:syscalls:sys_enter_*at* { @seen[probe] = count(); }
BEGIN { printf("attached\\n"); }
`;

describeWith(['root', 'bpf', 'bpftrace', 'perl'], 'a script that an earlier daemon left behind', () => {
  let stateDir: string;
  let file: string;
  let running: ReturnType<typeof bpftrace>;
  const bpftrace = () => execa('bpftrace', ['--unsafe', file], { reject: false });
  const comesNear = () =>
    execa('perl', ['-e', 'getpgrp(4242); print "alive"'], { reject: false, timeout: 10_000 });

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'end-leftover-'));
    await mkdir(join(stateDir, 'run'));
    file = join(stateDir, 'run', 'sensor.bt');
    await writeFile(file, script);
    running = bpftrace();
    await until('the probes work', async () => (await comesNear()).signal === 'SIGKILL');
  });
  afterEach(async () => {
    running.kill('SIGKILL');
    await running;
    await rm(stateDir, { recursive: true });
  });

  it('does nothing to anybody once it is ended', async () => {
    expect(await endLeftoverScripts(stateDir)).toEqual([]);
    expect(await comesNear()).toMatchObject({ exitCode: 0, stdout: 'alive' });
    expect((await running).signal).toBe('SIGKILL');
  });

  it('is waited for where something else has killed it', async () => {
    running.kill('SIGKILL');
    expect(await endLeftoverScripts(stateDir)).toEqual([]);
    expect(await comesNear()).toMatchObject({ exitCode: 0, stdout: 'alive' });
  });

  it('is not taken for what anybody calls so', async () => {
    const name = join(stateDir, 'bpftrace');
    await copyFile('/bin/sleep', name);
    await chmod(name, 0o755);
    await chmod(stateDir, 0o755);
    const pretend = ['-u', 'nobody', '--', 'bash', '-c', `exec -a '' "$0" 600`, name];
    const stranger = execa('runuser', pretend, { reject: false });
    const begin = performance.now();
    expect(await endLeftoverScripts(stateDir)).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(20_000);
    expect(stranger.exitCode).toBeNull();
    stranger.kill('SIGKILL');
    await execa('pkill', ['-KILL', '-u', 'nobody', '-x', 'bpftrace'], { reject: false });
    await stranger;
  });

  it('is let alone where it is of another installation', async () => {
    expect(await endLeftoverScripts(join(stateDir, 'other'))).toEqual([]);
    expect((await comesNear()).signal).toBe('SIGKILL');
  });
});
