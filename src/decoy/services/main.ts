import { createServer, Socket } from 'node:net';
import type { DecoyLogin } from '../../core/decoy/decoy-service.js';
import type { Clock } from '../../core/ports/clock.js';
import { ChildEnd } from '../link/child-end.js';
import { type ChildSettings, linkDescriptor } from '../link/settings.js';
import { guardProcess } from './guarded.js';
import { Reception } from './reception.js';
import type { Service } from './service.js';
import { services } from './services.js';

const clock: Clock = {
  nowNs: () => process.hrtime.bigint(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

let reception: Reception | undefined;
let logins: readonly DecoyLogin[] = [];

const link = new ChildEnd(new Socket({ fd: linkDescriptor, readable: true, writable: true }), {
  settings: begin,
  logins: (all) => {
    logins = all;
    reception?.admit(all);
  },
  // Without the daemon nobody writes down what happens here.
  ended: () => process.exit(0),
});
const log = (text: string) => link.log(text);
guardProcess(log);

function begin(settings: ChildSettings): void {
  reception = new Reception(link, settings, clock);
  reception.admit(logins);
  const made = services.flatMap((make) => madeFrom(() => make(settings.service)));
  for (const { descriptor, service: name } of settings.sockets) {
    const service = made.find((one) => one.name === name);
    if (service !== undefined) answer(service, descriptor, reception);
  }
  link.ready();
}

/** One service that cannot be made leaves the others. */
function madeFrom(make: () => Service): Service[] {
  try {
    return [make()];
  } catch (error) {
    log(`a service cannot be made: ${String(error)}`);
    return [];
  }
}

function answer(service: Service, descriptor: number, at: Reception): void {
  const server = createServer({ noDelay: true }, (socket) => at.meet(service, socket));
  server.on('error', (error) => log(`${service.name} cannot answer: ${error.message}`));
  server.listen({ fd: descriptor });
}
