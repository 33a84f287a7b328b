import { afterAll, beforeAll, expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import type { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { docker, says, TestInstallation, visit } from './docker-host.js';

const terminal = { type: 'xterm-256color', columns: 101, rows: 37 };

describeWith(['root', 'docker'], 'a guest in a sandbox', () => {
  let installation: TestInstallation;
  let sandbox: DockerSandbox;
  const { incidentId } = { incidentId: 'guest-run' };

  beforeAll(async () => {
    installation = await TestInstallation.make();
    sandbox = installation.sandbox();
    await sandbox.start({ incidentId });
  });
  afterAll(() => installation.clean());

  it('has a login shell on a terminal, of the size it asked for', async () => {
    const visitor = await visit(sandbox, incidentId, { user: 'alind', terminal });
    const typed = async (line: string, answer: RegExp) => {
      visitor.channel.input(Buffer.from(`${line}\r`));
      await until(`an answer to ${line}`, () => answer.test(visitor.stdout()));
    };
    await until('the prompt', () => visitor.stdout().includes('alind@web-02'));
    expect(visitor.stdout()).toMatch(/Last login: .* from 10\.20\.4\./u);
    await until('the size', async () => {
      visitor.channel.input(Buffer.from('stty size\r'));
      return /^37 101\r$/mu.test(visitor.stdout());
    });
    visitor.channel.resize(120, 50);
    await until('the new size', async () => {
      visitor.channel.input(Buffer.from('stty size\r'));
      return /^50 120\r$/mu.test(visitor.stdout());
    });
    await typed('echo "$0 $TERM $PWD"', /^-bash xterm-256color \/home\/alind\r$/mu);
    await typed('ps -o args= $PPID', /^sshd: alind@pts\/0\r$/mu);
    // Control-C reaches what runs in the foreground, not the shell.
    visitor.channel.input(Buffer.from('sleep 500; echo inter""rupted $?\r'));
    await until('sleep runs', async () => (await says(sandbox, incidentId, 'pgrep -c sleep')).output === '1');
    visitor.channel.input(Buffer.from([3]));
    await typed('echo still""here', /stillhere/u);
    visitor.channel.input(Buffer.from('exit 9\r'));
    expect(await visitor.ended).toEqual({ code: 9 });
  });

  it('runs a command with both streams apart, its exit code and its input', async () => {
    const visitor = await visit(sandbox, incidentId, {
      user: 'deploy',
      command: 'tr a-z A-Z; echo err >&2; pwd; exit 42',
      environment: { LC_TIME: 'de_DE.UTF-8' },
    });
    visitor.channel.input(Buffer.from('some bytes\n'));
    visitor.channel.endInput();
    expect(await visitor.ended).toEqual({ code: 42 });
    expect(visitor.stdout()).toBe('SOME BYTES\n/home/deploy\n');
    expect(visitor.stderr()).toBe('err\n');
  });

  it('is never more than one argument, whatever is in it', async () => {
    const command = `printf '%s\n' '"$(id)"' '\`id\`' "a;b" '$VISIT_COMMAND' "\${VISIT_COMMAND-unset}"`;
    const { output } = await says(sandbox, incidentId, command);
    expect(output).toBe('"$(id)"\n`id`\na;b\n$VISIT_COMMAND\nunset');
  });

  it('has the environment that sshd gives, and no more', async () => {
    const { output } = await says(sandbox, incidentId, 'env | sort');
    const names = output.split('\n').map((line) => line.split('=')[0]);
    expect(names).toEqual(['HOME', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'SHLVL', 'USER', '_']);
    expect(output).toContain('SHLVL=1');
  });

  it('is who it logged in as, in the groups of that user', async () => {
    expect((await says(sandbox, incidentId, 'id -un; id -Gn')).output).toMatch(/^alind\nalind adm/u);
    expect((await says(sandbox, incidentId, 'id -u; pwd', 'root')).output).toBe('0\n/root');
    await expect(visit(sandbox, incidentId, { user: 'mallory' })).rejects.toThrow(
      new SandboxUnavailable('nobody in the sandbox is mallory'),
    );
  });

  it('speaks with the sftp server of the host', async () => {
    const visitor = await visit(sandbox, incidentId, { user: 'alind', subsystem: 'sftp' });
    // SSH_FXP_INIT, version 3; answered by SSH_FXP_VERSION (draft-ietf-secsh-filexfer-02).
    visitor.channel.input(Buffer.from('0000000501' + '00000003', 'hex'));
    await until('an answer', () => visitor.stdout().length > 8);
    expect(Buffer.from(visitor.stdout(), 'latin1').subarray(4, 9).toString('hex')).toBe('0200000003');
    visitor.channel.endInput();
    expect(await visitor.ended).toEqual({ code: 0 });
  });

  it('is made to wait when it takes no input, and loses nothing', async () => {
    const events: boolean[] = [];
    let told = '';
    let exit: unknown;
    const channel = await sandbox.run(
      incidentId,
      { user: 'alind', command: 'until [ -e /tmp/go ]; do sleep 0.1; done; sha256sum; wc -c </dev/null' },
      {
        output: (_stream, bytes) => {
          told += Buffer.from(bytes).toString();
        },
        inputFull: (full) => events.push(full),
        exited: (how) => {
          exit = how;
        },
      },
    );
    const block = Buffer.alloc(64 * 1024, 'y');
    let sent = 0;
    while (events.at(-1) !== true && sent < 1000) {
      channel.input(block);
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(200);
    await says(sandbox, incidentId, 'touch /tmp/go');
    await until('it takes input again', () => events.at(-1) === false);
    channel.endInput();
    await until('it ends', () => exit !== undefined);
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256');
    for (let block_ = 0; block_ < sent; block_ += 1) hash.update(block);
    expect(told).toContain(hash.digest('hex'));
  });

  it('waits with its output when it is told to', async () => {
    let seen = 0;
    const channel = await sandbox.run(
      incidentId,
      { user: 'alind', command: 'yes' },
      {
        output: (_stream, bytes) => {
          seen += bytes.length;
        },
        inputFull: () => {},
        exited: () => {},
      },
    );
    await until('something comes', () => seen > 100_000);
    channel.pause(true);
    const before = seen;
    await says(sandbox, incidentId, 'true');
    expect(seen - before).toBeLessThan(256 * 1024);
    channel.pause(false);
    await until('it goes on', () => seen > before + 1_000_000);
    channel.hangUp();
    await until(
      'nothing is left of it',
      async () => (await says(sandbox, incidentId, 'pgrep -x yes')).code === 1,
    );
  });

  it('leaves no program behind when it hangs up', async () => {
    for (const request of [
      { user: 'alind', command: "trap '' HUP TERM; sleep 4321" },
      { user: 'alind', terminal },
    ]) {
      const visitor = await visit(sandbox, incidentId, request);
      if (request.terminal) visitor.channel.input(Buffer.from('sleep 4321\r'));
      const sleeping = 'pgrep -fx "sleep 4321"';
      await until('it sleeps', async () => (await says(sandbox, incidentId, sleeping)).code === 0);
      visitor.channel.hangUp();
      await visitor.ended;
      await until('it is gone', async () => (await says(sandbox, incidentId, sleeping)).code === 1);
    }
  });

  it('is told once that its program ended, also when the container goes', async () => {
    const { incidentId: other } = installation.request();
    const { id } = await sandbox.start({ incidentId: other });
    const exits: unknown[] = [];
    const listener = { output: () => {}, inputFull: () => {}, exited: (exit: unknown) => exits.push(exit) };
    const channel = await sandbox.run(other, { user: 'alind', terminal }, listener);
    await docker.getContainer(id).remove({ force: true });
    await until('it is told', () => exits.length > 0);
    channel.hangUp();
    channel.input(Buffer.from('late'));
    channel.resize(1, 1);
    await expect(visit(sandbox, other, { user: 'alind', command: 'id' })).rejects.toThrow(SandboxUnavailable);
    expect(exits).toHaveLength(1);
    await sandbox.remove(other);
  });

  it('keeps files it brought, told by what they hold', async () => {
    await says(
      sandbox,
      incidentId,
      'printf tool > ~/tool; printf x >> ~/notes.txt; cp ~/.bashrc /dev/shm/copy',
    );
    await says(
      sandbox,
      incidentId,
      'ln -s /etc/shadow /tmp/link; mkfifo /tmp/pipe; head -c 300000 /dev/zero > /tmp/large',
    );
    const found = new Map<string, number | undefined>();
    for await (const { path, content } of sandbox.broughtFiles(incidentId, 100_000, () => false))
      found.set(path, content?.length);
    expect(found.get('/home/alind/tool')).toBe(4);
    expect(found.get('/home/alind/notes.txt')).toBeGreaterThan(50);
    expect(found.get('/dev/shm/copy')).toBeGreaterThan(100);
    expect(found.has('/tmp/large')).toBe(true);
    expect(found.get('/tmp/large')).toBeUndefined();
    for (const path of [
      '/tmp/link',
      '/tmp/pipe',
      '/home/alind/.bashrc',
      '/home/deploy/notes.txt',
      '/var/log/syslog',
    ])
      expect(found.has(path)).toBe(false);
  });
});
