import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { containersOf, processesWith } from './host.js';
import { Installation, main } from './phantomd.js';

describeWith(['root', 'bpf', 'bpftrace', 'inotifywait', 'docker'], 'the demonstration', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ traps: { kinds: ['passwords', 'salary'] } });
  });
  afterEach(() => installation.remove());

  async function expectNothingLeft(): Promise<void> {
    await expect(access(installation.trapsDir)).rejects.toThrow('ENOENT');
    await expect(access(installation.stateDir)).rejects.toThrow('ENOENT');
    await until('the daemon to be gone', () => processesWith(installation.config).length === 0);
    for (const { phantom } of await installation.records())
      if (phantom.incident !== undefined) expect(await containersOf(phantom.incident.id)).toEqual([]);
  }

  it('plays five acts for real, says what did it, and cleans up', async () => {
    const { exitCode, stdout } = await installation.command('demo');
    expect(stdout).toContain('All five acts happened. Sensor: ebpf. Sandbox: docker.');
    expect(exitCode).toBe(0);
    for (const told of ['cat[', 'cp[', 'nobody', 'passwords.txt', 'phantom_forensics_', 'intact'])
      expect(stdout).toContain(told);
    expect(stdout).toMatch(/passwords\.txt was read, salary_20\d\d\.docx was copied/);
    await expectNothingLeft();
    expect((await stat(installation.log)).size).toBeGreaterThan(0);
  });

  it('plays the reduced scenario without BPF and without Docker, and says so', async () => {
    await installation.configure({
      traps: { kinds: ['passwords', 'salary'] },
      sandbox: { socket: join(installation.folder, 'no-docker.sock') },
    });
    const hidden = 'mount -t tmpfs none /sys/kernel/btf && exec "$@"';
    const demo = [process.execPath, main, 'demo', '--config', installation.config];
    const { exitCode, stdout } = await execa('unshare', ['--mount', 'sh', '-c', hidden, 'sh', ...demo], {
      reject: false,
    });
    expect(stdout).toContain('! sensor ebpf does not work here: the kernel has no BTF');
    expect(stdout).toContain('! no sandbox: ');
    expect(stdout).toContain('All five acts happened. Sensor: fanotify. Sandbox: none. Reduced scenario');
    expect(exitCode).toBe(0);
    await expectNothingLeft();
  });

  it('cleans up when it is interrupted', async () => {
    const demo = execa(process.execPath, [main, 'demo', '--config', installation.config], { reject: false });
    await installation.action('sensor-armed');
    demo.kill('SIGINT');
    expect((await demo).exitCode).toBe(9);
    await expectNothingLeft();
  });

  it('does not touch an installation that is there already', async () => {
    const daemon = await installation.start();
    await daemon.stop();
    const { exitCode, stdout } = await installation.command('demo');
    expect([exitCode, stdout]).toEqual([9, expect.stringContaining('installed here already')]);
    await access(installation.trap('passwords.txt'));
  });
});
