import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { asIntruder } from './intruder.js';
import { Installation, main } from './phantomd.js';

describeWith(['root', 'inotifywait'], 'a start that must be refused', () => {
  let installation: Installation;
  const mounted: string[] = [];
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false }, sensor: { kind: 'inotify' } });
  });
  afterEach(async () => {
    for (const folder of mounted.splice(0)) await execa('umount', [folder]);
    await installation.remove();
  });

  async function mountTmpfs(folder: string, options: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    mounted.push(folder);
  }

  async function refusal(): Promise<[number | undefined, string]> {
    const daemon = installation.launch();
    const code = await daemon.end();
    const lines = daemon.stderr.split('\n').filter((line) => line.startsWith('phantomd: '));
    expect(lines).toHaveLength(1);
    return [code, lines[0] as string];
  }

  it('a second daemon: exit code 4', async () => {
    const first = await installation.start();
    expect(await refusal()).toEqual([4, `phantomd: phantomd runs already with pid ${first.pid}`]);
    expect(first.ended).toBe(false);
  });

  it('a read-only traps folder: exit code 6', async () => {
    await mountTmpfs(installation.trapsDir, 'ro,mode=755');
    expect(await refusal()).toEqual([6, expect.stringMatching(/no trap could be planted: .*read-only/i)]);
  });

  it('a traps folder of somebody else: exit code 6, nothing planted', async () => {
    await mkdir(installation.trapsDir);
    await chown(installation.trapsDir, 65_534, 65_534);
    expect((await refusal())[0]).toBe(6);
  });

  it('a read-only audit folder: exit code 5', async () => {
    await mountTmpfs(join(installation.folder, 'logs'), 'ro,mode=700');
    expect(await refusal()).toEqual([5, expect.stringMatching(/audit log .* cannot be written: EROFS/)]);
  });

  it('a broken configuration: exit code 2 and file, line, key, what was expected', async () => {
    await writeFile(installation.config, 'paths:\n  trap_dir: /x\n');
    const expected = `${installation.config}:2: paths.trap_dir: unknown key, expected one of traps_dir, logs_dir, state_dir`;
    expect(await refusal()).toEqual([2, `phantomd: ${expected}`]);
  });

  it('a configuration that cannot be read: exit code 2', async () => {
    await mkdir(`${installation.config}.d`);
    const { exitCode, stderr } = await execa(
      process.execPath,
      [main, '--config', `${installation.config}.d`],
      {
        reject: false,
      },
    );
    expect([exitCode, stderr]).toEqual([2, `phantomd: ${installation.config}.d: cannot be read: not a file`]);
  });

  it('a folder that cannot be made: exit code 2, at once', async () => {
    await installation.configure({ paths: { state_dir: '/proc/phantom' } });
    expect(await refusal()).toEqual([2, 'phantomd: paths.state_dir: /proc/phantom cannot be made: ENOENT']);
  });

  it.each([
    [['--sensor=dtrace']],
    [['verify', 'one', 'two']],
    [['unplant', '--no-such-option']],
    [['--no-such-option']],
    [['no-such-command']],
  ])('%j: exit code 2', async (args) => {
    expect((await execa(process.execPath, [main, ...args], { reject: false })).exitCode).toBe(2);
  });

  it('a user who is not root: exit code 3', async () => {
    const said = await asIntruder('/bin/sh', [
      '-c',
      '"$1" "$2" 2>&1; echo "code $?"',
      'sh',
      process.execPath,
      main,
    ]);
    expect(said).toBe('phantomd: phantomd must run as root\ncode 3');
  });
});
