import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DecoyLogin, DecoyService } from '../../../src/core/decoy/decoy-service.js';
import type { DecoyStory } from '../../../src/core/decoy/decoy-story.js';
import type { GuestChannel, GuestListener, GuestRequest } from '../../../src/core/decoy/guest.js';
import type { Visit } from '../../../src/core/decoy/visit.js';
import type { DecoyPlace, VisitListener } from '../../../src/core/ports/decoy.js';
import { SystemClock } from '../../../src/daemon/system-clock.js';
import { DecoyGateway, type DecoyGatewayOptions } from '../../../src/decoy/host/decoy-gateway.js';
import { until } from '../../support/until.js';
import type { BuiltDecoy } from './built-decoy.js';

/** Writes down what the gateway tells, a line each. */
export class WitnessedVisits implements VisitListener {
  readonly visits: Visit[] = [];
  readonly told: string[] = [];
  readonly placings: DecoyPlace[] = [];
  readonly guests: { request: GuestRequest; listener: GuestListener; calls: string[] }[] = [];
  turned = 0;
  /** What a guest's channel does. */
  guestChannel: (listener: GuestListener, calls: string[]) => GuestChannel = () => {
    throw new Error('no sandbox');
  };

  connected(visit: Visit): void {
    this.visits.push(visit);
    this.told.push(`${visit.id} connected ${visit.service}`);
  }
  refused(visit: Visit, attempt: { user: string; method: string }): void {
    this.told.push(`${visit.id} refused ${attempt.user} ${attempt.method}`);
  }
  admitted(visit: Visit, loginId: string): void {
    this.told.push(`${visit.id} admitted ${loginId}`);
  }
  acted(visit: Visit, act: { kind: string; text: string; cut?: boolean }): void {
    this.told.push(`${visit.id} acted ${act.kind} ${act.text}${act.cut ? ' (cut)' : ''}`);
  }
  async guest(_visit: Visit, request: GuestRequest, listener: GuestListener): Promise<GuestChannel> {
    const calls: string[] = [];
    this.guests.push({ request, listener, calls });
    return this.guestChannel(listener, calls);
  }
  left(visit: Visit, sum: { bytesIn: number; bytesOut: number }): void {
    this.told.push(`${visit.id} left ${sum.bytesIn} ${sum.bytesOut}`);
  }
  placed(places: readonly DecoyPlace[]): void {
    this.placings.push(...places);
  }
  turnedAway(_service: DecoyService, count: number): void {
    this.turned += count;
  }
}

export const login: DecoyLogin = { id: 'l1', service: 'ssh', user: 'deploy', password: 'Tr4p!' };

export interface House {
  readonly gateway: DecoyGateway;
  readonly witness: WitnessedVisits;
  readonly places: readonly DecoyPlace[];
  readonly warnings: string[];
  port(service: DecoyService): number;
}

export async function openHouse(
  { built, folder }: BuiltDecoy,
  options: Partial<DecoyGatewayOptions> = {},
): Promise<House> {
  const warnings: string[] = [];
  const note = (message: string, facts?: object) =>
    void warnings.push(`${message} ${JSON.stringify(facts ?? {})}`);
  const gateway = new DecoyGateway({
    built,
    listen: ['127.0.0.1'],
    ports: { ssh: 0, http: 0, postgres: 0, redis: 0 },
    keysFolder: join(folder, 'state'),
    story,
    software: { ssh: 'OpenSSH_9.2p1', postgres: '15', redis: '7', http: 'nginx' },
    clock: new SystemClock(),
    diagnostics: { debug: note, info: note, warn: note, error: note },
    retryMs: 100,
    restart: { minMs: 50, maxMs: 500 },
    buildClusterAfterMs: null,
    ...options,
  });
  gateway.admit([login]);
  const witness = new WitnessedVisits();
  const places = await gateway.open(witness);
  const port = (service: DecoyService) => places.find((place) => place.service === service)?.port ?? 0;
  return { gateway, witness, places, warnings, port };
}

const story: DecoyStory = {
  ...{ seed: 1, locale: 'en' as const, hostname: 'web-01', company: 'Acme', domain: 'acme.example' },
  ...{ internalDomain: 'acme.lan', project: 'acme', people: [], hosts: [], accounts: [] },
};

/** Somebody at a port who says lines and reads the answers. */
export class Visitor {
  readonly socket: Socket;
  heard = '';
  over = false;
  reset = false;

  constructor(port: number, host = '127.0.0.1', from?: string) {
    this.socket = connect({ port, host, ...(from !== undefined && { localAddress: from }) });
    this.socket.on('data', (chunk) => {
      this.heard += chunk.toString('latin1');
    });
    this.socket.on('error', () => {
      this.reset = true;
    });
    this.socket.on('close', () => {
      this.over = true;
    });
  }

  /** The answer to one line. */
  async ask(line: string): Promise<unknown> {
    this.heard = '';
    this.socket.write(`${line}\n`);
    await until('an answer', () => this.heard.includes('\n') || this.over, 60_000);
    return this.heard === '' ? undefined : JSON.parse(this.heard);
  }

  async end(): Promise<void> {
    await until('the end of the connection', () => this.over);
  }

  leave(): void {
    this.socket.destroy();
  }
}
