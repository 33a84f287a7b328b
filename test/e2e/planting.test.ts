import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

const kinds = ['passwords', 'env'];

describeWith(['root', 'inotifywait'], 'planting without a daemon', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false }, traps: { kinds } });
  });
  afterEach(() => installation.remove());

  it('says what it would do and does nothing, then does it, lists it and rotates it', async () => {
    const dry = await installation.command('plant', '--dry-run');
    expect([dry.exitCode, dry.stdout.split('\n')]).toEqual([
      0,
      [
        expect.stringContaining('nothing was planted here yet: the story is drawn then'),
        `would plant ${installation.trap('passwords.txt')} (passwords)`,
        `would plant ${installation.trap('.env')} (env)`,
        '2 would be planted, 0 are there, 0 would be left out',
      ],
    ]);
    await expect(stat(installation.trapsDir)).rejects.toThrow('ENOENT');
    const { exitCode, stdout } = await installation.command('plant');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('2 planted or rotated, 0 kept, 0 left out'),
    ]);
    const listed = JSON.parse((await installation.command('traps', '--json')).stdout);
    expect(listed).toMatchObject([
      { kind: 'passwords', path: installation.trap('passwords.txt'), state: 'planted' },
      { kind: 'env', path: installation.trap('.env'), state: 'planted' },
    ]);
    const before = await readFile(installation.trap('.env'), 'utf8');
    const rotated = await installation.command('rotate', installation.trap('.env'));
    expect(rotated.stdout).toContain('1 planted or rotated, 1 kept, 0 left out');
    expect(await readFile(installation.trap('.env'), 'utf8')).not.toBe(before);
    await rm(installation.trap('passwords.txt'));
    expect((await installation.command('traps')).stdout).toMatch(/^gone .*passwords\.txt/);
    expect(await installation.action('trap-rotated')).toMatchObject({
      file: { path: installation.trap('.env') },
    });
  });

  it('two commands at once plant each trap once', async () => {
    const both = await Promise.all([installation.command('plant'), installation.command('plant')]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const last = both.map(({ stdout }) => stdout.split('\n').at(-1)).sort();
    expect(last).toEqual([
      '0 planted or rotated, 2 kept, 0 left out',
      '2 planted or rotated, 0 kept, 0 left out',
    ]);
  });

  it('thousands of traps are planted, listed and removed', async () => {
    const manifest = join(installation.folder, 'traps.yaml');
    await writeFile(manifest, "traps:\n  - { kind: netrc, path: 'many/', count: 2000 }\n");
    await installation.configure({ response: { sandbox: false }, traps: { manifest } });
    const planted = await installation.command('plant');
    expect(planted.stdout.split('\n').at(-1)).toBe('2000 planted or rotated, 0 kept, 0 left out');
    const listed = JSON.parse((await installation.command('traps', '--json')).stdout) as { state: string }[];
    expect(listed.filter(({ state }) => state === 'planted')).toHaveLength(2000);
    const removed = await installation.command('unplant');
    expect(removed.stdout.match(/^removed \//gm)).toHaveLength(2000);
    await expect(stat(join(installation.trapsDir, 'many'))).rejects.toThrow('ENOENT');
  });

  it('a manifest with an error: exit code 2, file, line and key', async () => {
    const manifest = join(installation.folder, 'traps.yaml');
    await writeFile(manifest, 'traps:\n  - kind: gold\n');
    await installation.configure({ traps: { manifest } });
    const { exitCode, stderr } = await installation.command('plant');
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining(`${manifest}:2: traps.0.kind: expected one of`),
    ]);
    const daemon = installation.launch();
    expect(await daemon.end()).toBe(2);
  });

  it('a trap that is not there cannot be rotated: exit code 2', async () => {
    await installation.command('plant');
    const { exitCode, stderr } = await installation.command('rotate', 'nothing');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('no trap nothing is planted')]);
  });

  it('kinds are listed, and a manifest is proposed that can be used', async () => {
    expect((await installation.command('kinds')).stdout).toMatch(/^passwords +\S.* \(passwords\.txt\)$/m);
    const manifest = join(installation.folder, 'suggested.yaml');
    await writeFile(manifest, (await installation.command('plant', '--suggest')).stdout);
    await installation.configure({ traps: { manifest } });
    const { exitCode, stdout } = await installation.command('plant', '--dry-run');
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/would plant .*passwords\.txt/)]);
  });
});

describeWith(['root', 'bpftrace', 'inotifywait', 'perl'], 'planting beside a daemon', () => {
  let installation: Installation;
  afterEach(() => installation.remove());

  const sensors = ['ebpf', 'fanotify', 'inotify'];
  it.each(
    sensors,
  )('%s: what is planted and rotated meanwhile is watched, and is no incident', async (kind) => {
    installation = await Installation.make({
      response: { sandbox: false, containment: 'observe' },
      sensor: { kind, proof_s: 0 },
      traps: { kinds },
    });
    const daemon = await installation.start();
    const old = await readFile(installation.trap('.env'), 'utf8');
    await installation.action('trap-touched');
    const before = (await installation.records()).length;

    const rotated = await installation.command('rotate');
    expect([rotated.exitCode, rotated.stderr]).toEqual([0, '']);
    expect(rotated.stdout).toContain('2 planted or rotated, 0 kept, 0 left out');
    await rm(installation.trap('passwords.txt'));
    const planted = await installation.command('plant');
    expect(planted.stdout).toContain('1 planted or rotated, 1 kept, 0 left out');

    const said = await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
    expect(said).not.toBe('');
    const ids = (JSON.parse((await installation.command('traps', '--json')).stdout) as { id: string }[]).map(
      ({ id }) => id,
    );
    const touched = await installation.record(
      'the touch of the new trap',
      ({ event, phantom, process: who }) =>
        event.action === 'trap-touched' &&
        ids.includes(phantom.trap.id) &&
        (kind === 'inotify' || who.name === 'cat'),
    );
    expect(touched.file.path).toBe(installation.trap('passwords.txt'));
    const since = (await installation.records()).slice(before);
    const byDaemon = since.filter(({ process: who }) => who?.pid === daemon.pid);
    expect(byDaemon).toEqual([]);
    expect(await readFile(installation.trap('.env'), 'utf8')).not.toBe(old);
    expect(await daemon.stop()).toBe(0);
  });

  it('a touched trap is rotated when its incident is over, where that is wanted', async () => {
    installation = await Installation.make({
      response: { sandbox: false, containment: 'observe', incident_idle_s: 1 },
      sensor: { kind: 'ebpf', proof_s: 0 },
      traps: { kinds, rotate_after_incident: true },
    });
    const daemon = await installation.start();
    const before = await asIntruder('/bin/cat', [installation.trap('.env')]);
    await installation.action('incident-closed');
    const { file } = await installation.action('trap-rotated');
    expect(file.path).toBe(installation.trap('.env'));
    expect(await readFile(installation.trap('.env'), 'utf8')).not.toContain(before.slice(0, 2000));
    const rotations = (await installation.records()).filter(({ event }) => event.action === 'trap-rotated');
    expect(rotations).toHaveLength(1);
    await daemon.stop();
  });

  it('what a manifest gains is planted at SIGHUP, and watched', async () => {
    installation = await Installation.make({
      response: { sandbox: false, containment: 'observe' },
      sensor: { kind: 'ebpf', proof_s: 0 },
    });
    const manifest = join(installation.folder, 'traps.yaml');
    await writeFile(manifest, stringify({ traps: [{ kind: 'env' }] }));
    await installation.configure({
      response: { sandbox: false, containment: 'observe' },
      sensor: { kind: 'ebpf', proof_s: 0 },
      traps: { manifest },
    });
    const daemon = await installation.start();
    const theirs = join(installation.folder, 'theirs');
    await mkdir(theirs);
    await writeFile(
      manifest,
      stringify({ traps: [{ kind: 'env' }, { kind: 'passwords', path: `${theirs}/` }] }),
    );
    daemon.kill('SIGHUP');
    await until('the new trap', () => stat(join(theirs, 'passwords.txt')).catch(() => undefined));
    await until('to be watched', () => daemon.stderr.includes('2 traps watched, 1 of them new'));
    await asIntruder('/bin/cat', [join(theirs, 'passwords.txt')]);
    await installation.record(
      'the touch',
      ({ event, file }) => event.action === 'trap-touched' && file.path === join(theirs, 'passwords.txt'),
    );
    await daemon.stop();
  });

  it('sees who waits for the first trap of all and reads it as it appears', async () => {
    installation = await Installation.make({
      response: { sandbox: false, containment: 'observe' },
      sensor: { kind: 'ebpf', proof_s: 0 },
      traps: { kinds: ['passwords', 'aws-credentials'] },
    });
    const trap = installation.trap('passwords.txt');
    const wait = 'open($t, "<", $ARGV[0]) and last for 1..1e9; print scalar <$t>';
    const reading = asIntruder('perl', ['-e', wait, trap]);
    const daemon = await installation.start();
    expect(await reading).not.toBe('');
    await installation.record(
      'the first touch',
      ({ event, file }) => event.action === 'trap-touched' && file.path === trap,
    );
    // A folder that holds nothing but traps is one itself, from the first start on.
    await asIntruder('ls', [dirname(installation.trap('.aws/credentials'))]);
    await installation.record('the look into it', ({ message }) =>
      message.endsWith(`list of ${installation.trap('.aws/credentials')}`),
    );
    await daemon.stop();
  });
});
