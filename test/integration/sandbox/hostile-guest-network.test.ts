import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { docker, says, TestInstallation } from './docker-host.js';

describeWith(['root', 'docker', 'perl'], 'a guest that wants out', () => {
  let installation: TestInstallation;
  let sandbox: DockerSandbox;
  const incidentId = 'network';

  beforeAll(async () => {
    installation = await TestInstallation.make();
    sandbox = installation.sandbox();
    await sandbox.start({ incidentId });
  });
  afterAll(() => installation.clean());

  it.each(['alind', 'root'])('reaches no address of the host by TCP (%s)', async (user) => {
    let accepted = 0;
    const { server, port } = await listen(() => accepted++);
    try {
      for (const address of await hostAddresses()) {
        const { code } = await says(sandbox, incidentId, connecting(address, port), user);
        expect([address, code !== 0]).toEqual([address, true]);
      }
      expect(accepted).toBe(0);
      // The same from the host, so that the failures above mean something.
      const reached = createConnectionTo(port);
      await reached;
      expect(accepted).toBe(1);
    } finally {
      server.close();
    }
  });

  it.each(['alind', 'root'])('carries nothing out in names (%s)', async (user) => {
    const asked: string[] = [];
    const servers = await Promise.all(['127.0.0.1', '0.0.0.0'].map((address) => nameServer(address, asked)));
    const names = ['secret.example.com', 'x'.repeat(60)];
    for (const name of names) {
      const begin = performance.now();
      expect((await says(sandbox, incidentId, `getent hosts ${name}`, user)).code).not.toBe(0);
      expect(performance.now() - begin).toBeLessThan(8000);
    }
    // Straight to the engine's own server, to the host's addresses, and to a port of one's own choice.
    for (const address of ['127.0.0.11', ...(await hostAddresses())])
      await says(sandbox, incidentId, asking(address, 53), user);
    const [, own] = servers;
    if (own !== undefined)
      for (const address of await hostAddresses())
        await says(sandbox, incidentId, asking(address, own.port), user);
    expect(asked).toEqual([]);
    for (const one of servers) one?.close();
  });

  it.each(['alind', 'root'])('carries nothing out in pings (%s)', async (user) => {
    const before = await echoes();
    for (const address of await hostAddresses()) {
      const ping = `timeout 2 perl -MSocket -e 'socket(my $s, AF_INET, SOCK_DGRAM, 1) or die "$!"; send($s, pack("C2n3", 8, 0, 0, 1, 1), 0, pack_sockaddr_in(0, inet_aton("${address}"))) or die "$!"; recv($s, my $b, 99, 0) or die "$!"; print "answered"'`;
      expect((await says(sandbox, incidentId, ping, user)).output).not.toContain('answered');
    }
    expect(await echoes()).toBe(before);
  });

  it('finds nobody at its gateway, and has no address of IPv6 but its own', async () => {
    const [gateway = ''] = await hostAddresses();
    await says(sandbox, incidentId, connecting(gateway, 80));
    const { output: neighbours } = await says(sandbox, incidentId, `ip neigh show ${gateway}`);
    expect(neighbours).not.toContain('lladdr');
    const { output } = await says(sandbox, incidentId, 'cat /proc/net/if_inet6');
    expect(output.split('\n').filter((line) => line !== '' && !line.endsWith(' lo'))).toEqual([]);
  });

  it('reaches no other sandbox', async () => {
    const other = installation.request();
    const { id } = await sandbox.start(other);
    const facts = await docker.getContainer(id).inspect();
    const address = facts.NetworkSettings.Networks.phantom_sandbox?.IPAddress ?? '';
    expect(address).toMatch(/^\d+\./u);
    const listener = `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 4444) or die; alarm 60; $s->accept; print "came"'`;
    const waiting = says(sandbox, other.incidentId, listener);
    let own = await says(sandbox, other.incidentId, 'sleep 0.3; ss -ltn | grep -c 4444');
    while (own.output !== '1') own = await says(sandbox, other.incidentId, 'ss -ltn | grep -c 4444');
    expect((await says(sandbox, incidentId, connecting(address, 4444))).code).not.toBe(0);
    // From its own sandbox the same address answers.
    expect((await says(sandbox, other.incidentId, connecting(address, 4444))).code).toBe(0);
    expect((await waiting).output).toBe('came');
    await sandbox.remove(other.incidentId);
  });
});

function connecting(address: string, port: number): string {
  return `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`;
}

/** A question for secret.example.com, type A. */
function asking(address: string, port: number): string {
  const question =
    '\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x06secret\\x07example\\x03com\\x00\\x00\\x01\\x00\\x01';
  return `timeout 2 bash -c 'printf "${question}" >/dev/udp/${address}/${port}'; sleep 0.1`;
}

async function hostAddresses(): Promise<string[]> {
  const { IPAM } = (await docker.getNetwork('phantom_sandbox').inspect()) as {
    IPAM: { Config: { Gateway: string }[] };
  };
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  expect(own.length).toBeGreaterThan(0);
  return [IPAM.Config[0]?.Gateway ?? '', ...own];
}

async function listen(onConnection: () => void): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    onConnection();
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}

async function createConnectionTo(port: number): Promise<void> {
  const { connect } = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('close', () => resolve());
    socket.on('error', reject);
    socket.resume();
  });
}

/** Undefined where the port is taken. */
async function nameServer(address: string, asked: string[]) {
  const socket = createSocket('udp4', (message) => {
    if (message.includes('secret') || message.includes('xxxx')) asked.push(message.toString('latin1'));
  });
  const wanted = address === '127.0.0.1' ? 53 : 0;
  const bound = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(wanted, address, () => resolve(true));
  });
  return bound ? { port: socket.address().port, close: () => socket.close() } : undefined;
}

/** ICMP echo requests that the host received so far. */
async function echoes(): Promise<number> {
  const lines = (await readFile('/proc/net/snmp', 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'));
  const [names = '', values = ''] = lines;
  return Number(values.split(' ')[names.split(' ').indexOf('InEchos')]);
}
