import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { DecoyLogin } from '../../src/core/decoy/decoy-service.js';
import type { Service, VisitDesk } from '../../src/decoy/services/service.js';

/** A service on a port of loopback, and what it told of its visits. */
export class ServedDecoy {
  readonly told: string[] = [];
  readonly logins: DecoyLogin[];
  #server: Server | undefined;

  constructor(logins: readonly DecoyLogin[]) {
    this.logins = [...logins];
  }

  async serve(service: Service): Promise<number> {
    const server = createServer((socket) => service.serve(socket, this.#desk()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server?.close();
  }

  /** What was told since the last time. */
  take(): string[] {
    return this.told.splice(0);
  }

  #desk(): VisitDesk {
    return {
      remote: { ip: '127.0.0.1', port: 1 },
      local: { ip: '127.0.0.1', port: 2 },
      loginsOf: (user) => this.logins.filter((login) => login.user === user),
      refused: ({ user, method }) => void this.told.push(`refused ${user} ${method}`),
      admitted: ({ id }) => void this.told.push(`admitted ${id}`),
      acted: ({ kind, text }) => void this.told.push(`${kind} ${text}`),
      guest: () => Promise.reject(new Error('no sandbox')),
    };
  }
}
