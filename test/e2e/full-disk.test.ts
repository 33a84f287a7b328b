import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace'], 'an audit folder that is full', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false } });
    const logs = join(installation.folder, 'logs');
    await mkdir(logs);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=700', 'tmpfs', logs]);
  });
  afterEach(async () => {
    const { folder } = installation;
    await execa('umount', ['-l', join(folder, 'logs')]);
    await installation.remove();
  });

  it('does not end the daemon, and what happened meanwhile is on record when there is room again', async () => {
    const daemon = await installation.start(['--sensor=ebpf']);
    const filler = join(installation.folder, 'logs', 'filler');
    await writeFile(filler, Buffer.alloc(512 * 1024)).catch(() => {});
    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    await until('the operator to be told', () => daemon.stderr.includes('cannot be written: ENOSPC'));
    expect((await installation.records()).map(({ event }) => event.action)).not.toContain('trap-touched');
    await rm(filler);
    const touch = await installation.action('trap-touched');
    expect(touch.process.name).toBe('cat');
    expect(daemon.ended).toBe(false);
    expect((await installation.command('verify')).stdout).toContain('intact');
    expect(await daemon.stop()).toBe(0);
  });
});
