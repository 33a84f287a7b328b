import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SandboxUnavailable } from '../../../src/core/ports/sandbox.js';
import { guestOrder } from '../../../src/sandbox/docker/guest-order.js';

const account = { login: 'alind', uid: 1001, gid: 1001, home: '/home/alind', fullName: '' };
const facts = { hostUsr: '/nowhere', terminalNumber: 3, lastLogin: '' };
const variables = (order: { environment?: readonly string[] }) =>
  Object.fromEntries((order.environment ?? []).map((line) => line.split(/=(.*)/su).slice(0, 2)));

it('never puts a command into the script that runs it', () => {
  const command = `'; rm -rf / #"$(id)\n\u001b`;
  const order = guestOrder({ user: 'alind', command }, account, facts);
  const bare = guestOrder({ user: 'alind' }, account, facts);
  expect(order.command).toEqual(bare.command);
  expect(variables(order).VISIT_COMMAND).toBe(command);
});

it('gives the environment that sshd gives, and of the visitor the language alone', () => {
  const environment = {
    LANG: 'de_DE.UTF-8',
    LC_TIME: 'C',
    LD_PRELOAD: '/tmp/x.so',
    LC_: 'no',
    BASH_ENV: '/tmp/x',
  };
  const terminal = { type: 'xterm', columns: 80, rows: 24 };
  const given = variables(guestOrder({ user: 'alind', environment, terminal }, account, facts));
  expect(given).toMatchObject({
    ...{ LANG: 'de_DE.UTF-8', LC_TIME: 'C', USER: 'alind', LOGNAME: 'alind', HOME: '/home/alind' },
    ...{ SHELL: '/bin/bash', TERM: 'xterm', VISIT_TITLE: 'sshd: alind@pts/3' },
  });
  for (const name of ['LD_PRELOAD', 'BASH_ENV', 'LC_']) expect(given).not.toHaveProperty(name);
});

it('cuts at a NUL, as every program would', () => {
  expect(variables(guestOrder({ user: 'alind', command: 'id\0rm' }, account, facts)).VISIT_COMMAND).toBe(
    'id',
  );
});

it('refuses what cannot be run: a command beyond any, sftp where the host has none', async () => {
  const long = () => guestOrder({ user: 'alind', command: 'x'.repeat(200_000) }, account, facts);
  expect(long).toThrow(new SandboxUnavailable('the command is too long'));
  const sftp = (hostUsr: string) =>
    guestOrder({ user: 'alind', subsystem: 'sftp' }, account, { ...facts, hostUsr });
  expect(() => sftp('/nowhere')).toThrow(new SandboxUnavailable('this host has no sftp-server'));
  const usr = await mkdtemp(join(tmpdir(), 'guest-order-'));
  await mkdir(join(usr, 'libexec/openssh'), { recursive: true });
  await writeFile(join(usr, 'libexec/openssh/sftp-server'), '');
  expect(variables(sftp(usr)).VISIT_PROGRAM).toBe('/usr/libexec/openssh/sftp-server');
  await rm(usr, { recursive: true });
});
