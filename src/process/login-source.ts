import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ProcessFacts } from '../core/actor.js';
import type { LoginSource, NetworkAddress } from '../core/actor-details.js';
import { socketInodes } from './descriptor-list.js';
import type { ProcReader } from './proc-reader.js';
import { identityOf } from './process-identity.js';
import { Sitter } from './sitter.js';
import { findSockets } from './socket-finder.js';

/**
 * Servers of logins by ssh, where packages put them; with a ` (deleted)` after an upgrade. OpenSSH 9.8
 * moved the part that holds a connection to a program of its own, `sshd-session`.
 */
const sshServer =
  /^(?:\/usr(?:\/local)?)?\/(?:s?bin|lib(?:exec|64)?(?:\/(?:openssh|ssh))?)\/(?:sshd|sshd-session|dropbear)(?: \(deleted\))?$/;

/**
 * Where the login of a process came from: the connection of the nearest ancestor that is the system's
 * ssh server and runs as root. An intruder who is not root cannot put such a process above their own.
 */
export async function loginSource(
  reader: ProcReader,
  ancestors: readonly ProcessFacts[],
): Promise<LoginSource | undefined> {
  for (const ancestor of ancestors) {
    const identity = identityOf(ancestor);
    if (identity === undefined || !looksLikeServer(reader, ancestor)) continue;
    const sitter = Sitter.meet(reader, identity);
    // The server that waits for connections is one as well: it has none, and the search goes on.
    const address = sitter && (await sitter.ofProgram(() => connectionOf(reader, ancestor.pid)));
    if (address !== undefined) return { ...address, sshdPid: ancestor.pid };
  }
  return undefined;
}

/** Cheap, for all ancestors. */
function looksLikeServer(reader: ProcReader, { pid, uid = 0 }: ProcessFacts): boolean {
  return uid === 0 && sshServer.test(reader.executable(pid) ?? '');
}

async function connectionOf(reader: ProcReader, pid: number): Promise<NetworkAddress | undefined> {
  if (!looksLikeServer(reader, { pid }) || reader.status(pid)?.root !== true) return undefined;
  if (!(await belongsToRoot(reader.path(pid, 'exe')))) return undefined;
  const inodes = await socketInodes(reader, pid);
  if (inodes.length === 0) return undefined;
  const sockets = await findSockets(reader, pid, new Set(inodes), ['tcp', 'tcp6']);
  // The connection has the lowest number: forwarded ones of a root login came later.
  for (const inode of inodes) {
    const socket = sockets.get(inode);
    if (socket?.state === 'established' && socket.remote !== undefined) return socket.remote;
  }
  return undefined;
}

async function belongsToRoot(path: string): Promise<boolean> {
  try {
    const { uid, mode } = await stat(path);
    return uid === 0 && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** `SSH_CONNECTION` is `CLIENT_IP CLIENT_PORT SERVER_IP SERVER_PORT` (ssh(1)); undefined when it is not. */
export function claimedLogin(connection = ''): NetworkAddress | undefined {
  const [host = '', port = ''] = connection.split(' ');
  // A link-local address names its interface as well: `fe80::1%eth0`.
  const ip = host.replace(/%.*$/, '');
  if (isIP(ip) === 0 || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return undefined;
  return { ip, port: Number(port) };
}
