import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { containersOf } from './host.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace', 'docker'], 'Docker away', () => {
  let installation: Installation;
  let socket: string;
  beforeEach(async () => {
    installation = await Installation.make();
    socket = join(installation.folder, 'docker.sock');
    await installation.configure({ sandbox: { socket, retry_s: 1 } });
  });
  afterEach(() => installation.remove());

  it('is on record with the incident; the sandbox comes up when Docker is back', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    const failed = await installation.action('sandbox-failed');
    expect(failed).toMatchObject({ event: { outcome: 'failure', reason: expect.stringContaining(socket) } });
    expect((await installation.action('trap-touched')).phantom.incident.id).toBe(failed.phantom.incident.id);
    expect(daemon.ended).toBe(false);

    await symlink('/var/run/docker.sock', socket);
    const started = await installation.action('sandbox-started');
    expect(started.phantom.incident.id).toBe(failed.phantom.incident.id);
    expect(await containersOf(failed.phantom.incident.id)).toHaveLength(1);
    expect(
      (await installation.records()).filter(({ event }) => event.action === 'sandbox-failed'),
    ).toHaveLength(1);
  });
});
