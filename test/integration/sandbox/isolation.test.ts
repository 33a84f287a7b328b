import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningSandbox } from '../../../src/core/ports/sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { docker, inside, TestInstallation } from './docker-host.js';

const run = promisify(execFile);

describeWith(['root', 'docker'], 'inside a sandbox', () => {
  let installation: TestInstallation;
  let running: RunningSandbox;

  beforeAll(async () => {
    installation = await TestInstallation.make();
    const request = await installation.request();
    await writeFile(join(request.evidenceFolder, 'touch.json'), 'what happened', { mode: 0o400 });
    running = await installation.sandbox().start(request);
  });
  afterAll(() => installation.clean());

  it('evidence is readable for root, and writable for nobody', async () => {
    const read = await inside(running.id, ['cat', '/var/lib/evidence/touch.json'], '0');
    expect(read).toEqual({ code: 0, output: 'what happened' });
    for (const command of [
      ['touch', '/var/lib/evidence/new'],
      ['rm', '-f', '/var/lib/evidence/touch.json'],
      ['chmod', '0666', '/var/lib/evidence/touch.json'],
    ]) {
      const changed = await inside(running.id, command, '0');
      expect(changed.output).toContain('Read-only file system');
      expect(changed.code).not.toBe(0);
    }
  });

  it('evidence is hidden from the user the intruder is', async () => {
    expect((await inside(running.id, ['id', '-u'])).output).toBe('65534');
    for (const path of ['/var/lib/evidence', '/var/lib/evidence/touch.json']) {
      const read = await inside(running.id, ['ls', '-l', path]);
      expect(read.output).toContain('Permission denied');
      expect(read.code).not.toBe(0);
    }
  });

  it.each([
    '/usr/new',
    '/etc/new',
    '/root/new',
    '/var/www/html/new',
    '/sbin/new',
  ])('%s cannot be made, even by root', async (path) => {
    const made = await inside(running.id, ['touch', path], '0');
    expect(made.output).toContain('Read-only file system');
  });

  it.each(['/tmp', '/var/tmp', '/run', '/dev/shm'])('nothing can be run from %s', async (folder) => {
    const copy = await inside(running.id, ['cp', '/usr/bin/id', `${folder}/id`], '0');
    expect(copy).toEqual({ code: 0, output: '' });
    expect((await inside(running.id, [`${folder}/id`], '0')).output).toMatch(/permission denied/i);
  });

  it.each([undefined, '0'])('no process has a capability or can gain one (user %s)', async (user) => {
    const { output } = await inside(running.id, ['cat', '/proc/self/status'], user);
    for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb'])
      expect(output).toMatch(new RegExp(`^${set}:\\s*0{16}$`, 'm'));
    expect(output).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(output).toMatch(/^Seccomp:\s*2$/m);
  });

  it('no name space of the host is shared', async () => {
    const { output } = await inside(running.id, [
      'readlink',
      ...spaces.map((name) => `/proc/self/ns/${name}`),
    ]);
    const host = await run(
      'readlink',
      spaces.map((name) => `/proc/self/ns/${name}`),
    );
    const hostSpaces = host.stdout.trim().split('\n');
    expect(hostSpaces).toHaveLength(spaces.length);
    for (const space of output.split('\n')) expect(hostSpaces).not.toContain(space);
  });

  it('it looks like the host', async () => {
    expect((await inside(running.id, ['hostname'])).output).toBe(hostname());
    const release = await readFile('/etc/os-release', 'utf8');
    expect((await inside(running.id, ['cat', '/etc/os-release'])).output).toBe(release.trim());
    const etc = await inside(running.id, ['ls', '/etc'], '0');
    expect(etc.output).not.toMatch(/shadow/);
    expect((await inside(running.id, ['awk', 'BEGIN { print 6 * 7 }'])).output).toBe('42');
  });

  it('the decoy answers on port 8080, on loopback and on its own address', async () => {
    const facts = await docker.getContainer(running.id).inspect();
    const address = facts.NetworkSettings.Networks.phantom_sandbox?.IPAddress ?? '';
    const space = `--net=/proc/${facts.State.Pid}/ns/net`;
    for (const host of ['127.0.0.1', address]) {
      const page = await run('nsenter', [space, process.execPath, '-e', fetchPage, `http://${host}:8080/`]);
      expect(page.stdout).toContain('<title>Sign in');
    }
  });

  it('no address of the host can be reached', async () => {
    let accepted = 0;
    const { server, port } = await listen(() => accepted++);
    const addresses = [await gateway(), ...hostAddresses()];
    expect(addresses.length).toBeGreaterThan(1);
    try {
      const results = await Promise.all(addresses.map((address) => connect(running.id, address, port)));
      for (const { code } of results) expect(code).not.toBe(0);
      expect(accepted).toBe(0);
      // The same attempt where something can be reached, so that the failures above mean something.
      expect((await connect(running.id, '127.0.0.1', 8080)).code).toBe(0);
    } finally {
      server.close();
    }
  });

  it('another sandbox cannot be reached', async () => {
    const sandbox = installation.sandbox();
    const request = await installation.request();
    const other = await sandbox.start(request);
    const facts = await docker.getContainer(other.id).inspect();
    const address = facts.NetworkSettings.Networks.phantom_sandbox?.IPAddress ?? '';
    expect((await connect(other.id, address, 8080)).code).toBe(0);
    expect((await connect(running.id, address, 8080)).code).not.toBe(0);
    await sandbox.remove(request.incidentId);
  });

  it('there is no IPv6 address but loopback', async () => {
    const { output } = await inside(running.id, ['cat', '/proc/net/if_inet6']);
    expect(output.split('\n').filter((line) => line !== '' && !line.endsWith(' lo'))).toEqual([]);
  });

  it('a name asked for is not passed on by the host', async (context) => {
    let asked = 0;
    const server = createSocket('udp4', () => asked++);
    const bound = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.bind(53, '127.0.0.1', () => resolve(true));
    });
    if (!bound) context.skip('port 53 of loopback is taken');
    const begin = performance.now();
    expect((await inside(running.id, ['getent', 'hosts', 'secret.example.com'])).code).not.toBe(0);
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(asked).toBe(0);
    server.close();
  });

  it('processes are bounded', async () => {
    const forks = 'i=0; while [ $i -lt 120 ]; do sleep 2 >/dev/null 2>&1 & i=$((i+1)); done; echo all';
    const { output } = await inside(running.id, ['/usr/bin/busybox', 'sh', '-c', forks]);
    expect(output).toContain("can't fork");
    expect(output).not.toContain('all');
    const { Processes } = await docker.getContainer(running.id).top();
    expect(Processes.length).toBeGreaterThan(10);
    expect(Processes.length).toBeLessThanOrEqual(48);
  });
});

const spaces = ['pid', 'net', 'ipc', 'uts', 'mnt', 'cgroup'];
const fetchPage = 'fetch(process.argv[1]).then((r) => r.text()).then((t) => process.stdout.write(t))';

async function gateway(): Promise<string> {
  const { IPAM } = (await docker.getNetwork('phantom_sandbox').inspect()) as {
    IPAM: { Config: { Gateway: string }[] };
  };
  return IPAM.Config[0]?.Gateway ?? '';
}

function hostAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
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

function connect(container: string, address: string, port: number) {
  return inside(container, ['timeout', '4', 'bash', '-c', `exec 3<>/dev/tcp/${address}/${port}`]);
}
