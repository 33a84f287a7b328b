import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { stateOf } from './host.js';
import { Installation } from './phantomd.js';

/** Events that a group of fanotify holds for its reader, as given when the group is made (fanotify(7)). */
const limit = '/proc/sys/fs/fanotify/max_queued_events';
const queued = 64;

describeWith(['root'], 'more touches than the kernel holds', () => {
  let installation: Installation;
  let before = '16384';
  beforeEach(async () => {
    before = await readFile(limit, 'utf8');
    await writeFile(limit, String(queued));
    installation = await Installation.make({ response: { sandbox: false, containment: 'observe' } });
  });
  afterEach(async () => {
    await writeFile(limit, before);
    await installation.remove();
  });

  it('are a gap on record, with both its times', async () => {
    const daemon = await installation.start(['--sensor=fanotify']);
    daemon.kill('SIGSTOP');
    await until('the daemon to stand still', () => stateOf(daemon.pid) === 'T');
    // Who opens or reads a trap waits for the daemon, who changes its mode does not. Events of one process on
    // one file are one to the kernel: each change is by a process of its own.
    const script = `for one in $(seq ${4 * queued}); do chmod 644 "$1"; done`;
    await execa('/bin/sh', ['-c', script, 'sh', installation.trap('passwords.txt')]);
    daemon.kill('SIGCONT');
    const gap = await installation.action('sensor-gap');
    expect(gap.event.reason ?? gap.message).toContain('overflowed');
    const { from, to } = gap.phantom.sensor.gap;
    expect(Date.parse(from)).toBeLessThan(Date.parse(to));
    // It sees again.
    const seen = (await installation.records()).length;
    await execa('/usr/bin/head', ['-c', '1', installation.trap('.env')]);
    await until('the next touch', async () =>
      (await installation.records()).slice(seen).some(({ process }) => process?.name === 'head'),
    );
    expect((await installation.command('verify')).exitCode).toBe(0);
  });
});
