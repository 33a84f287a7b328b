import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { DecoyLogin } from '../../../src/core/decoy/decoy-service.js';
import type { DecoyStory } from '../../../src/core/decoy/decoy-story.js';
import type { MakeService, ServiceSettings } from '../../../src/decoy/services/service.js';

export const story: DecoyStory = {
  seed: 7,
  locale: 'en',
  hostname: 'db1',
  company: 'Acme Ltd',
  domain: 'acme.test',
  internalDomain: 'acme.internal',
  project: 'acme',
  people: [{ name: 'Ann Bell', login: 'abell', email: 'ann@acme.test', title: 'CTO' }],
  hosts: [],
  accounts: [],
};

/** What a service said of its visits, in its order. */
export type Told = readonly [
  'refused' | 'admitted' | 'command' | 'query' | 'request' | 'violation' | string,
  string,
];

/** A service on a port of its own, with a desk that remembers. */
export async function visited(
  make: MakeService,
  logins: readonly DecoyLogin[],
  settings: Partial<ServiceSettings> = {},
) {
  const told: Told[] = [];
  const sockets = new Set<Socket>();
  const service = make({
    story,
    software: { ssh: '', postgres: '15.18 (Debian 15.18-0+deb12u1)', redis: '7.0.15', http: '' },
    hostKeys: [],
    ...settings,
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    service.serve(socket, {
      remote: { ip: '127.0.0.1', port: socket.remotePort ?? 1 },
      local: { ip: '127.0.0.1', port: socket.localPort ?? 1 },
      loginsOf: (user) => logins.filter((login) => login.user === user),
      refused: ({ user }) => told.push(['refused', user]),
      admitted: ({ id }) => told.push(['admitted', id]),
      acted: ({ kind, text }) => told.push([kind, text]),
      guest: () => Promise.reject(new Error('none')),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    told,
    sockets,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
