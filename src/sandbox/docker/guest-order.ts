import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestRequest } from '../../core/decoy/guest.js';
import { SandboxUnavailable } from '../../core/ports/sandbox.js';
import type { Account } from '../look/accounts.js';
import { guestScript } from './disguise-scripts.js';
import type { ExecOrder } from './engine-execs.js';

// Debian, then Fedora and its kin, then Arch.
const sftpServers = ['lib/openssh/sftp-server', 'libexec/openssh/sftp-server', 'lib/ssh/sftp-server'];
// One string of the environment holds 128 KiB (MAX_ARG_STRLEN in binfmts.h).
const longestCommand = 120_000;

/**
 * A guest's request as an order for the engine.
 * @throws SandboxUnavailable for what cannot be run here
 */
export function guestOrder(
  request: GuestRequest,
  account: Account,
  facts: { readonly hostUsr: string; readonly terminalNumber: number; readonly lastLogin: string },
): ExecOrder {
  const { login, uid, home } = account;
  const { terminal, environment = {} } = request;
  const place = terminal === undefined ? 'notty' : `pts/${facts.terminalNumber}`;
  const variables: Record<string, string> = {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => /^(LANG|LC_[A-Z]+)$/u.test(name))),
    USER: login,
    LOGNAME: login,
    HOME: home,
    SHELL: '/bin/bash',
    // What sshd and pam_env give on Debian; a login shell sets its own.
    PATH: uid === 0 ? rootPath : userPath,
    ...(terminal && { TERM: terminal.type }),
    VISIT_TITLE: `sshd: ${login}@${place}`,
    VISIT_COMMAND: commandOf(request),
    VISIT_PROGRAM: request.subsystem === 'sftp' ? sftpServer(facts.hostUsr) : '',
    VISIT_LAST: facts.lastLogin,
  };
  return {
    // By name: with a number the engine gives none of the other groups.
    user: login,
    command: ['/usr/bin/bash', '--norc', '--noprofile', '-c', guestScript],
    environment: Object.entries(variables).map(([name, value]) => `${name}=${untilNul(value)}`),
    terminal: terminal !== undefined,
  };
}

const userPath = '/usr/local/bin:/usr/bin:/bin:/usr/games';
const rootPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function commandOf({ command = '' }: GuestRequest): string {
  if (Buffer.byteLength(command) > longestCommand) throw new SandboxUnavailable('the command is too long');
  return command;
}

function sftpServer(hostUsr: string): string {
  const found = sftpServers.find((path) => existsSync(join(hostUsr, path)));
  if (found === undefined) throw new SandboxUnavailable('this host has no sftp-server');
  return `/usr/${found}`;
}

// As every C program would read it.
function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? '';
}
