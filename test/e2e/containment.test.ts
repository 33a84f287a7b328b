import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { processesWith, stateOf } from './host.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

/** Whoever stands still by accident goes on within this, in ms. */
const goal = 2000;

/** A reader of its own session; its pid, at once. */
function reader(path: string): number {
  return intruder('exec cat "$1" > /dev/null', path);
}

function intruder(script: string, path: string): number {
  const child = spawn('/bin/sh', ['-c', script, 'sh', path], {
    uid: 65_534,
    gid: 65_534,
    cwd: '/',
    detached: true,
    stdio: 'ignore',
  });
  return child.pid as number;
}

/** How long it takes in ms until a process stands still no longer. */
async function goesOn(pid: number): Promise<number> {
  const from = performance.now();
  await until(`process ${pid} to go on`, () => stateOf(pid) !== 'T', 10_000);
  return performance.now() - from;
}

describeWith(['root', 'bpf', 'bpftrace'], 'containment', () => {
  let installation: Installation;

  async function arm(response: Readonly<Record<string, unknown>>) {
    installation = await Installation.make({ response: { sandbox: false, ...response } });
    return installation.start(['--sensor=ebpf']);
  }

  afterEach(() => installation.remove());

  it('inspect: a reader gets through, and the record says how long it stood still', async () => {
    await arm({});
    const path = installation.trap('passwords.txt');
    expect(await asIntruder('/bin/cat', [path])).not.toBe('');
    const held = await installation.action('actor-held');
    expect(held).toMatchObject({
      process: { name: 'cat' },
      file: { path },
      phantom: { response: { containment: { step: 'inspect', by: 'kernel' } } },
    });
    expect(held.phantom.response.containment.held_ms).toBeGreaterThan(0);
    expect(held.phantom.response.containment.held_ms).toBeLessThan(1000);
    expect(held.phantom.incident.id).toBe((await installation.action('incident-opened')).phantom.incident.id);
  });

  it('lets go whom a killed bpftrace has stopped', async () => {
    await arm({});
    // The daemon hears nothing as long as bpftrace stands still; the kernel stops readers all the same.
    const [bpftrace] = processesWith(`${installation.stateDir}/run/sensor.bt`) as [number];
    process.kill(bpftrace, 'SIGSTOP');
    const pid = reader(installation.trap('passwords.txt'));
    await until('the reader to stand still', () => stateOf(pid) === 'T');
    process.kill(bpftrace, 'SIGKILL');
    expect(await goesOn(pid)).toBeLessThan(goal);
  });

  describe('when the daemon is killed', () => {
    it('lets go whom it had not heard of, by a watcher that outlives it', async () => {
      const daemon = await arm({});
      process.kill(daemon.pid, 'SIGSTOP');
      const pid = reader(installation.trap('passwords.txt'));
      await until('the reader to stand still', () => stateOf(pid) === 'T');
      daemon.kill('SIGKILL');
      expect(await goesOn(pid)).toBeLessThan(goal);
    });

    it('lets go whom it had not heard of, by the next daemon, which starts at once', async () => {
      const daemon = await arm({});
      process.kill(daemon.pid, 'SIGSTOP');
      // Without the watcher, which would be kept off by the next daemon a moment later.
      for (const watcher of processesWith(`release --stranded --config=${installation.config}`))
        process.kill(watcher, 'SIGKILL');
      const pid = reader(installation.trap('passwords.txt'));
      await until('the reader to stand still', () => stateOf(pid) === 'T');
      daemon.kill('SIGKILL');
      await daemon.end();
      const next = installation.launch(['--sensor=ebpf']);
      await until('the next daemon to have the lock', async () =>
        (await readFile(`${installation.stateDir}/phantomd.lock`, 'utf8')).startsWith(`${next.pid} `),
      );
      expect(await goesOn(pid)).toBeLessThan(goal);
      await installation.action('stranded-released');
      await until(
        'the next daemon to be armed',
        async () =>
          (await installation.records()).filter(({ event }) => event.action === 'daemon-started').length ===
          2,
        60_000,
      );
    });

    it('keeps frozen whom it froze, and the next daemon guards them', async () => {
      const daemon = await arm({ containment: 'freeze' });
      // One that touches nothing more: a reader would be stopped by the kernel at its next access.
      const pid = intruder('exec 3< "$1"; while :; do sleep 0.1; done', installation.trap('passwords.txt'));
      const { phantom } = await installation.action('actor-frozen');
      daemon.kill('SIGKILL');
      await daemon.end();
      await wait(goal + 1000);
      expect(stateOf(pid)).toBe('T');
      await installation.start(['--sensor=ebpf']);
      process.kill(pid, 'SIGCONT');
      await until('it to be stopped again', () => stateOf(pid) === 'T');
      await installation.action('containment-broken');
      expect((await installation.command('kill', phantom.incident.id)).exitCode).toBe(0);
    });
  });

  describe('freeze', () => {
    let pid: number;
    let id: string;
    beforeEach(async () => {
      await arm({ containment: 'freeze' });
      pid = reader(installation.trap('passwords.txt'));
      id = (await installation.action('actor-frozen')).phantom.incident.id;
      expect(stateOf(pid)).toBe('T');
    });

    it('lasts until an operator releases', async () => {
      const { exitCode, stdout } = await installation.command('release', id);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `released cat[${pid}]` });
      await until('the reader to read to the end', () => [undefined, 'Z'].includes(stateOf(pid)));
      await installation.action('actor-released');
      expect((await installation.command('release', id)).exitCode).toBe(10);
    });

    it('lasts until an operator kills', async () => {
      expect((await installation.command('kill', id)).stdout).toBe(`killed cat[${pid}]`);
      await until('its end', () => [undefined, 'Z'].includes(stateOf(pid)));
      expect((await installation.action('actor-killed')).phantom.response.containment.by).toBe('operator');
    });

    it('outlives the daemon, and is released without one', async () => {
      await installation.stop();
      expect(stateOf(pid)).toBe('T');
      expect((await installation.command('release', 'no-such-incident')).exitCode).toBe(10);
      expect((await installation.command('release', id)).exitCode).toBe(0);
      await until('the reader to read to the end', () => [undefined, 'Z'].includes(stateOf(pid)));
      await installation.action('actor-released');
      expect((await installation.command('verify')).exitCode).toBe(0);
    });
  });
});
