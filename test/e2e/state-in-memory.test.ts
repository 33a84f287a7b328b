import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace'], 'traps and state on a file system in memory', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false }, traps: { kinds: ['passwords'] } });
    for (const [folder, mode] of [
      [installation.stateDir, '700'],
      [installation.trapsDir, '755'],
    ] as const) {
      await mkdir(folder);
      await execa('mount', ['-t', 'tmpfs', '-o', `mode=${mode}`, 'tmpfs', folder]);
    }
  });
  afterEach(async () => {
    await installation.stop();
    await execa('umount', [installation.stateDir, installation.trapsDir]);
    await installation.remove();
  });

  it('eBPF arms and sees an open there', async () => {
    await installation.start(['--sensor=ebpf']);
    await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    const touch = await installation.action('trap-touched');
    expect(touch).toMatchObject({ process: { name: 'cat' }, phantom: { touch: { op: 'open' } } });
  });
});
