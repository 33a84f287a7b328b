import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { Installation } from './phantomd.js';

/** Plays systemd's end of sd_notify(3): prints every datagram, drops the descriptors that come along. */
const datagrams = `
  $| = 1;
  socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($socket, sockaddr_un($ARGV[0])) or die $!;
  while (defined recv($socket, my $message, 4096, 0)) { print "$message\\n" }
`;

describeWith(['root', 'inotifywait', 'perl', 'systemd-analyze'], 'operating phantomd', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.make({ response: { sandbox: false }, sensor: { kind: 'inotify' } });
  });
  afterEach(() => installation.remove());

  it('opens its log anew on SIGHUP, and the chain goes on', async () => {
    const daemon = await installation.start();
    await rename(installation.log, `${installation.log}.1`);
    daemon.kill('SIGHUP');
    await until('the new log', () => stat(installation.log).catch(() => undefined));
    // inotify looks away while the daemon looks at its traps.
    await until('the reload to be done', () => daemon.stderr.includes('0 of them new'));
    await asIntruder('/bin/cat', [installation.trap('.env')]);
    await installation.action('trap-touched');
    const { stdout } = await installation.command('verify');
    expect(stdout).toMatch(/intact: .* continues a file that ended with record \d+/);
    expect(await daemon.stop()).toBe(0);
  });

  it('verify finds an edited record: exit code 8', async () => {
    const daemon = await installation.start();
    await daemon.stop();
    const text = await readFile(installation.log, 'utf8');
    await writeFile(installation.log, text.replace('passwords.txt was planted', 'passwords.txt was nothing'));
    const { exitCode, stdout } = await installation.command('verify');
    expect(exitCode).toBe(8);
    expect(stdout).toContain('line 1: its content does not match its hash');
  });

  it('verify finds records that were cut off the end: exit code 8', async () => {
    const daemon = await installation.start();
    await daemon.stop();
    const lines = (await readFile(installation.log, 'utf8')).split('\n');
    await writeFile(installation.log, `${lines.slice(0, -3).join('\n')}\n`);
    const { exitCode, stdout } = await installation.command('verify');
    expect([exitCode, stdout]).toEqual([8, `${installation.log}: the last 2 records are missing`]);
  });

  it('verify says that there is no log: exit code 2', async () => {
    const { exitCode, stderr } = await installation.command('verify');
    expect([exitCode, stderr]).toEqual([2, `phantomd: audit log ${installation.log} cannot be read: ENOENT`]);
  });

  it('unplant removes its traps and nothing else', async () => {
    const daemon = await installation.start();
    expect((await installation.command('unplant')).exitCode).toBe(4);
    await daemon.stop();
    await writeFile(installation.trap('.env'), 'somebody wrote here');
    const { exitCode, stdout } = await installation.command('unplant');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`removed ${installation.trap('passwords.txt')}`);
    expect(stdout).toContain(`left ${installation.trap('.env')}`);
    await expect(stat(installation.trap('passwords.txt'))).rejects.toThrow('ENOENT');
    expect(await readFile(installation.trap('.env'), 'utf8')).toBe('somebody wrote here');
  });

  it('tells systemd when it is ready, not before', async () => {
    const socket = join(installation.folder, 'notify.sock');
    const systemd = execa('perl', ['-MSocket', '-e', datagrams, socket], { reject: false, buffer: false });
    let received = '';
    systemd.stdout.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    await until('the socket', () => stat(socket).catch(() => undefined));
    const daemon = await installation.start([], { NOTIFY_SOCKET: socket });
    await until('READY=1', () => received.includes('READY=1'));
    const actions = (await installation.records()).map(({ event }) => event.action);
    expect(actions).toContain('sensor-armed');
    await daemon.stop();
    await until('STOPPING=1', () => received.includes('STOPPING=1'));
    systemd.kill();
    await systemd;
  });

  it('ships a unit file that systemd accepts', async () => {
    const unit = await readFile('deploy/phantom.service', 'utf8');
    const copy = join(installation.folder, 'phantom.service');
    // systemd looks whether the program is there; here it is not installed.
    await writeFile(copy, unit.replace(/^(ExecStart|ExecStopPost)=\S+/gm, `$1=${process.execPath}`));
    const { exitCode, stderr, stdout } = await execa('systemd-analyze', ['verify', copy], {
      reject: false,
      all: true,
    });
    const about = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('phantom.service'));
    expect([exitCode, about]).toEqual([0, []]);
  });
});
