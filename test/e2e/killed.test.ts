import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stagingFolder } from '../../src/decoy/host/staged-files.js';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { containersOf, processesWith } from './host.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace', 'docker'], 'phantomd killed with SIGKILL during an incident', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make();
  });
  afterEach(async () => {
    await installation.remove();
    const keys = join(installation.stateDir, 'decoy');
    expect(existsSync(stagingFolder(keys))).toBe(false);
  });

  it('loses nothing written; the next start takes up its sandbox and leaves no bpftrace behind', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    const { container, phantom } = await installation.action('sandbox-started');
    const before = await installation.records();
    daemon.kill('SIGKILL');
    await daemon.end();
    // The heartbeat is what ends it: its write finds nobody.
    await until('bpftrace to end by itself', () => processesWith(installation.stateDir).length === 0);
    expect(await containersOf(phantom.incident.id)).toEqual([`/${container.name}`]);

    await installation.start(['--sensor=ebpf']);
    const resumed = await installation.action('sandbox-resumed');
    expect(resumed.container.name).toBe(container.name);
    expect(await containersOf(phantom.incident.id)).toEqual([`/${container.name}`]);
    expect((await installation.records()).slice(0, before.length)).toEqual(before);
    expect((await installation.command('verify')).exitCode).toBe(0);

    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    await until('the next incident', async () => {
      const opened = (await installation.records()).filter(({ event }) => event.action === 'incident-opened');
      return opened.length === 2;
    });
  });

  it('is refused by no lock of the dead one', async () => {
    const daemon = await installation.start(['--sensor=inotify']);
    daemon.kill('SIGKILL');
    await daemon.end();
    await installation.start(['--sensor=inotify']);
  });
});
