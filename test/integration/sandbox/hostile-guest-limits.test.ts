import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { docker, says, TestInstallation, uniqueId, visit } from './docker-host.js';

const mebibyte = 1024 * 1024;
const folders = ['/tmp', '/var/tmp', '/dev/shm', '/home/alind'];
const rootFolders = ['/run', '/var/log', '/root'];

describeWith(['root', 'docker', 'perl'], 'a guest that takes all it can', () => {
  let installation: TestInstallation;
  let sandbox: DockerSandbox;
  let incidentId: string;
  const loop = monitorEventLoopDelay({ resolution: 20 });

  beforeAll(async () => {
    installation = await TestInstallation.make();
    sandbox = installation.sandbox();
  });
  afterAll(() => installation.clean());
  beforeEach(async () => {
    incidentId = uniqueId('inc');
    await sandbox.start({ incidentId });
    loop.reset();
    loop.enable();
  });
  afterEach(async () => {
    loop.disable();
    // Whoever holds the visitor's line has gone on all the while.
    expect(loop.max / 1e6).toBeLessThan(2000);
    await sandbox.remove(incidentId);
  });

  const processes = async () =>
    (await docker.getContainer(`phantom_forensics_${incidentId}`).top()).Processes;

  it.each([
    'alind',
    'root',
  ])('forks until its limit, and its sandbox can still be removed (%s)', async (user) => {
    const bomb = await visit(sandbox, incidentId, { user, command: ':(){ :|:& };:; sleep 20' });
    await until('its limit is reached', async () => (await processes()).length >= 60, 20_000).catch(() => {});
    expect((await processes()).length).toBeLessThanOrEqual(64);
    bomb.channel.hangUp();
    await sandbox.remove(incidentId);
    expect((await bomb.ended) !== undefined).toBe(true);
  });

  it('takes memory until its limit, and the sandbox goes on', async () => {
    const { code } = await says(sandbox, incidentId, 'perl -e \'$x .= "x" x 1048576 while 1\'');
    expect(code).toBe(137);
    expect((await says(sandbox, incidentId, 'echo here')).output).toBe('here');
  });

  it.each([
    ...folders.map((folder) => [folder, 'alind']),
    ...rootFolders.map((folder) => [folder, 'root']),
  ])('fills %s and no more (%s)', async (folder, user) => {
    const fill = `cd ${folder}; for i in 1 2 3 4; do head -c 1000000000 /dev/zero >fill$i; done 2>&1`;
    const { output } = await says(
      sandbox,
      incidentId,
      `${fill}; du -s --apparent-size -B1 . | cut -f1`,
      user,
    );
    expect(output).toMatch(/No space left|File too large|File size limit/u);
    expect(Number(output.split('\n').at(-1))).toBeLessThan(17 * mebibyte);
  });

  it('makes files without content until their number is reached', async () => {
    const make = `perl -e 'for (1..20000) { open(my $f, ">", "/tmp/n$_") or do { print "$_ $!"; exit } }'`;
    const { output } = await says(sandbox, incidentId, make);
    expect(output).toMatch(/^\d+ No space left on device$/u);
    expect(Number.parseInt(output, 10)).toBeLessThanOrEqual(4096);
  });

  it('opens files until their number is reached', async () => {
    const open = `ulimit -n $(ulimit -Hn); perl -e 'for (1..1000000) { open(my $f, "<", "/dev/null") or do { print "$_ $!"; exit }; push @f, $f }'`;
    const { output } = await says(sandbox, incidentId, open);
    expect(output).toMatch(/^\d+ Too many open files$/u);
    expect(Number.parseInt(output, 10)).toBeLessThanOrEqual(4096);
  });

  it('writes no file larger than its limit where there is room', async () => {
    const { output } = await says(sandbox, incidentId, 'truncate -s 17M /tmp/hole; ls /tmp');
    expect(output).toMatch(/File too large|File size limit/u);
  });

  it('computes no longer than its share', async () => {
    const spin = await visit(sandbox, incidentId, {
      user: 'alind',
      command: 'for i in 1 2 3; do (while :; do :; done) & done; wait',
    });
    const { Id } = await docker.getContainer(`phantom_forensics_${incidentId}`).inspect();
    expect(Id).toHaveLength(64);
    const throttled = () => docker.getContainer(Id).stats({ stream: false });
    await until(
      'it is held back',
      async () => (await throttled()).cpu_stats.throttling_data.throttled_periods > 5,
    );
    spin.channel.hangUp();
    await spin.ended;
  });

  it('floods a visitor who does not read with no more than a buffer', async () => {
    const before = process.memoryUsage().rss;
    const flood = await visit(sandbox, incidentId, { user: 'alind', command: 'yes' });
    await until('it floods', () => flood.stdout().length > 0);
    flood.channel.pause(true);
    const seen = flood.stdout().length;
    for (let round = 0; round < 5; round += 1) await says(sandbox, incidentId, 'sleep 0.2');
    expect(flood.stdout().length - seen).toBeLessThan(256 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * mebibyte);
    flood.channel.hangUp();
    await flood.ended;
  });

  it('leaves the host as it was', async () => {
    const [one] = (await readFile('/proc/loadavg', 'utf8')).split(' ');
    expect(Number(one)).toBeGreaterThanOrEqual(0);
    expect(await docker.ping()).toBeTruthy();
  });
});
