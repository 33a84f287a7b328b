import ssh2, { type ParsedKey } from 'ssh2';
import type { MakeService } from '../service.js';
import { hostKeyAlgorithms } from './algorithms.js';
import { FailDelay } from './fail-delay.js';
import { LastLogins } from './last-login.js';
import { type SshHouse, SshVisit } from './ssh-visit.js';
import { socketOf } from './wire.js';

/**
 * SSH as OpenSSH of this host's distribution speaks it: ssh2 does the key exchange and parses, everything that is
 * said afterwards is this folder's.
 *
 * @throws Error when a host key cannot be read
 */
export const makeSshService: MakeService = (settings) => {
  const kinds = settings.hostKeys.map(kindOf);
  const house: SshHouse = {
    delay: new FailDelay(),
    lastLogins: new LastLogins(settings.story, Date.now()),
    hostKeyNames: hostKeyAlgorithms.filter(([kind]) => kinds.includes(kind)).flatMap(([, names]) => names),
  };
  // Its own timer sends after the end of a connection and throws where nobody can catch it.
  ssh2.Server.KEEPALIVE_CLIENT_INTERVAL = 0;
  const visits = new WeakMap<object, SshVisit>();
  const server = new ssh2.Server(
    { hostKeys: [...settings.hostKeys], ident: settings.software.ssh },
    (connection) => visits.get(socketOf(connection))?.begin(connection),
  );
  return {
    name: 'ssh',
    serve(socket, desk) {
      try {
        socket.setNoDelay(true);
        visits.set(socket, new SshVisit(socket, desk, house));
        server.injectSocket(socket);
      } catch {
        socket.destroy();
      }
    },
  };
};

function kindOf(hostKey: string): string {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`a host key cannot be read: ${parsed.message}`);
  return Array.isArray(parsed) ? (parsed[0]?.type ?? '') : parsed.type;
}
