import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '../../support/until.js';

export interface RealServer {
  readonly port: number;
  readonly identity: string;
  close(): void;
}

/** OpenSSH's own server on loopback with Debian's settings, to compare with. Forwarding is off, as the decoy has it. */
export async function startRealServer(folder: string, hostKeyFiles: readonly string[]): Promise<RealServer> {
  const port = await freePort();
  const identity = join(folder, 'identity');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identity]);
  copyFileSync(`${identity}.pub`, join(folder, 'authorized_keys'));
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...hostKeyFiles.map((file) => `HostKey ${file}`),
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `PidFile ${folder}/sshd.pid`,
      ...['UsePAM yes', 'KbdInteractiveAuthentication no', 'PrintMotd no', 'AcceptEnv LANG LC_*'],
      ...['StrictModes no', 'PermitRootLogin yes', 'AllowTcpForwarding no', 'AllowStreamLocalForwarding no'],
      ...['AllowAgentForwarding no', 'X11Forwarding no', 'Subsystem sftp /usr/lib/openssh/sftp-server'],
      '',
    ].join('\n'),
  );
  // Debian's sshd wants its folder of privilege separation.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: 'ignore' });
  await until('the real server listens', () => answers(port));
  return { port, identity, close: () => server.kill() };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}
