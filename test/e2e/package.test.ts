import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { Installation } from './phantomd.js';

describeWith(['root', 'inotifywait'], 'the packed tarball', () => {
  let prefix: string;
  let phantomd: string;
  beforeAll(async () => {
    prefix = await mkdtemp(join(tmpdir(), 'phantom-npm-'));
    const packed = await execa('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', prefix]);
    const [{ filename }] = JSON.parse(packed.stdout);
    await execa('npm', [
      'install',
      '--global',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      join(prefix, filename),
    ]);
    phantomd = join(prefix, 'bin', 'phantomd');
  });
  afterAll(() => rm(prefix, { recursive: true, force: true }));

  it('installs a phantomd that knows its version', async () => {
    const { stdout } = await execa(phantomd, ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('installs a phantomd that plants, watches and cleans up', async () => {
    const installation = await Installation.make({ response: { sandbox: false } });
    try {
      const daemon = execa(phantomd, ['--config', installation.config], {
        reject: false,
        // A stop that detaches every probe takes longer than execa's patience.
        forceKillAfterDelay: false,
      });
      const started = await installation.action('daemon-started');
      expect(started.message).toContain('watches 3 traps');
      daemon.kill('SIGTERM');
      expect((await daemon).exitCode).toBe(0);
      const { exitCode } = await execa(phantomd, ['unplant', '--config', installation.config]);
      expect(exitCode).toBe(0);
    } finally {
      await installation.remove();
    }
  });
});
