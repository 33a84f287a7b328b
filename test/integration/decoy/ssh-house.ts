import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecoyLogin } from '../../../src/core/decoy/decoy-service.js';
import type { GuestRequest } from '../../../src/core/decoy/guest.js';
import type { RefusedLogin, VisitAct } from '../../../src/core/decoy/visit.js';
import type { ServiceSettings, VisitDesk } from '../../../src/decoy/services/service.js';
import { makeSshService } from '../../../src/decoy/services/ssh/ssh-service.js';
import { localGuest } from './ssh-guest.js';

export const login: DecoyLogin = { id: 'trap-1', service: 'ssh', user: 'deploy', password: 'Tr4p-Secret!9' };

export interface SshHouse {
  readonly port: number;
  /** Where guests run. */
  readonly folder: string;
  readonly hostKeyFiles: readonly string[];
  readonly sockets: Set<Socket>;
  readonly refused: RefusedLogin[];
  readonly admitted: DecoyLogin[];
  readonly acts: Pick<VisitAct, 'kind' | 'text'>[];
  readonly guests: GuestRequest[];
  /** Whether guests can be run. */
  hasSandbox: boolean;
  close(): Promise<void>;
}

/** The service on a port of loopback, with a desk that remembers and guests that run on this host. */
export async function openSshHouse(): Promise<SshHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'phantom-ssh-'));
  const hostKeyFiles = ['rsa', 'ecdsa', 'ed25519'].map((type) => {
    const file = join(folder, `host_${type}`);
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    return file;
  });
  const service = makeSshService(settings(hostKeyFiles.map((file) => readFileSync(file, 'utf8'))));
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    service.serve(socket, deskOf(house, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const house: SshHouse = {
    port: (server.address() as AddressInfo).port,
    folder,
    hostKeyFiles,
    sockets,
    refused: [],
    admitted: [],
    acts: [],
    guests: [],
    hasSandbox: true,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
  return house;
}

function deskOf(house: SshHouse, socket: Socket): VisitDesk {
  return {
    remote: { ip: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
    local: { ip: '127.0.0.1', port: house.port },
    loginsOf: (user) => (user === login.user ? [{ ...login, id: 'other', password: 'another' }, login] : []),
    refused: (attempt) => house.refused.push(attempt),
    admitted: (who) => house.admitted.push(who),
    acted: (act) => house.acts.push(act),
    guest: async (request, listener) => {
      house.guests.push(request);
      if (!house.hasSandbox) throw new Error('no sandbox');
      return localGuest(request, listener, house.folder);
    },
  };
}

/** As this host's sshd would be imitated. */
function settings(hostKeys: readonly string[]): ServiceSettings {
  return {
    story: {
      seed: 7,
      locale: 'en',
      hostname: 'web01',
      company: 'Acme',
      domain: 'acme.example',
      internalDomain: 'acme.internal',
      project: 'shop',
      people: [],
      hosts: [{ role: 'bastion', name: 'gate', address: '10.20.0.5' }],
      accounts: [{ login: login.user, fullName: 'Deployment' }],
    },
    software: { ssh: realIdentification(), postgres: '15', redis: '7', http: 'nginx' },
    hostKeys,
  };
}

/** Version of OpenSSH on this host, as its sshd says it. */
function realIdentification(): string {
  const version = execFileSync('sh', ['-c', 'ssh -V 2>&1'], { encoding: 'utf8' });
  return version.split(',')[0] ?? '';
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface ClientWishes {
  readonly password?: string;
  readonly input?: string | Uint8Array;
}

/** Runs `ssh`, `scp` or `sftp` (or another program) with a password from `sshpass`, until it ends. */
export function run(program: string, options: readonly string[], wishes: ClientWishes = {}): Promise<Ended> {
  const began = performance.now();
  const child = spawn('sshpass', ['-e', program, ...options], {
    env: { ...process.env, SSHPASS: wishes.password ?? login.password },
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes) => stdout.push(bytes));
  child.stderr.on('data', (bytes) => stderr.push(bytes));
  child.stdin.on('error', () => {});
  child.stdin.end(wishes.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        tookMs: performance.now() - began,
      }),
    );
  });
}

/** Options that keep the configuration of this host out, and known_hosts. */
export const bare = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];

/** And with a password only, silent but for errors. */
export const quiet = [...bare, '-o', 'LogLevel=ERROR', '-o', 'PubkeyAuthentication=no'];

export function ssh(house: { readonly port: number }, options: readonly string[], wishes?: ClientWishes) {
  return run('ssh', [...quiet, '-p', `${house.port}`, ...options], wishes);
}

export const place = `${login.user}@127.0.0.1`;
