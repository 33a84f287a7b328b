import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { docker } from './host.js';
import { type AuditRecord, Installation, type PhantomdRun } from './phantomd.js';

const ports = { ssh: 42_222, http: 42_080, postgres: 42_432, redis: 42_379 };
const host = '127.0.0.1';
const kinds = ['passwords', 'env', 'bash-history', 'pgpass', 'docker-compose', 'ssh-config', 'readme'];

interface Login {
  readonly service: keyof typeof ports;
  readonly user: string;
  readonly password: string;
  readonly trap: { readonly id: string; readonly path: string };
}

const sshOptions = [
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
  ...['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1'],
];

describeWith(
  ['root', 'bpf', 'bpftrace', 'docker', 'ssh', 'sshpass', 'psql', 'curl', 'redis-cli'],
  'the decoy',
  () => {
    let installation: Installation;
    let daemon: PhantomdRun;
    let logins: Login[];

    beforeAll(async () => {
      installation = await Installation.make({
        traps: { kinds },
        sandbox: { advertise: { host, ports }, retry_s: 1 },
      });
      daemon = await installation.start(['--sensor=ebpf']);
      await until('four services to answer', async () => (await actions('decoy-listening')).length === 4);
      const registry = JSON.parse(await readFile(join(installation.stateDir, 'registry.json'), 'utf8'));
      logins = registry.traps.flatMap((trap: { id: string; path: string; logins?: object[] }) =>
        (trap.logins ?? []).map((login) => ({ ...login, trap })),
      );
    }, 120_000);
    afterAll(() => installation.remove());

    async function actions(name: string): Promise<AuditRecord[]> {
      return (await installation.records()).filter(({ event }) => event.action === name);
    }

    function loginOf(service: Login['service'], nth = 0): Login {
      const found = logins.filter((login) => login.service === service)[nth];
      if (found === undefined) throw new Error(`no trap has a login of ${service}`);
      return found;
    }

    const ssh = ({ user, password }: Login, ...command: string[]) =>
      execa(
        'sshpass',
        ['-p', password, 'ssh', ...sshOptions, '-p', String(ports.ssh), `${user}@${host}`, ...command],
        { reject: false, stdin: 'ignore', timeout: 60_000 },
      );

    it('opens with what stands in a trap, and tells which trap leaked: an incident without a touch', async () => {
      const login = loginOf('ssh');
      const { stdout, stderr } = await ssh(login, 'id -un; hostname; cat /etc/os-release | head -1');
      expect(stderr).toBe('');
      expect(stdout.split('\n')[0]).toBe(login.user);
      const record = await installation.action('decoy-login');
      expect(record).toMatchObject({
        file: { path: login.trap.path },
        source: { ip: host },
        user: { name: login.user },
        network: { protocol: 'ssh' },
        phantom: { trap: { id: login.trap.id }, decoy: { service: 'ssh' } },
      });
      const opened = (await actions('incident-opened'))[0];
      expect(opened.phantom.incident).toMatchObject({ id: record.phantom.incident.id, touches: 0 });
    });

    it('joins the incident of whoever touched the trap', async () => {
      const login = loginOf('ssh');
      const other = logins.find(
        ({ service, trap }) => service !== 'ssh' && trap.id !== login.trap.id,
      ) as Login;
      await execa('/bin/cat', [other.trap.path], { detached: true, stdin: 'ignore' });
      const touched = await installation.record(
        'the touch',
        ({ event, phantom }) => event.action === 'trap-touched' && phantom.trap.id === other.trap.id,
      );
      if (other.service === 'http')
        await execa('curl', [
          ...['-s', '-u', `${other.user}:${other.password}`],
          `http://${host}:${ports.http}/api/v1/users`,
        ]);
      else
        await execa(
          'psql',
          ['-h', host, '-p', String(ports.postgres), '-U', other.user, '-c', 'select 1', 'postgres'],
          {
            reject: false,
            env: { PGPASSWORD: other.password },
          },
        );
      const login2 = await installation.record(
        'the login',
        ({ event, phantom }) => event.action === 'decoy-login' && phantom.trap.id === other.trap.id,
      );
      expect(login2.phantom.incident.id).toBe(touched.phantom.incident.id);
    });

    it('refuses what stands in no trap, as a server does', async () => {
      expect((await ssh({ ...loginOf('ssh'), password: 'no-such-password' }, 'id')).exitCode).toBe(255);
      expect(await installation.action('decoy-login-refused')).toMatchObject({
        event: { outcome: 'failure' },
        phantom: { decoy: { service: 'ssh', method: 'password' } },
      });
    });

    it('sees from the kernel what runs inside, by its ATT&CK name, whatever the shell', async () => {
      await ssh(loginOf('ssh'), 'cat /etc/passwd > /dev/null; uname -a; true');
      const record = await installation.record(
        'the exec inside',
        ({ event, process }) => event.action === 'trail-exec' && process.args?.[0] === 'uname',
      );
      expect(record.phantom.techniques.length).toBeGreaterThan(0);
      const login = (await actions('decoy-login'))[0];
      expect(record.phantom.incident.id).toBe(login.phantom.incident.id);
    });

    it('keeps what is brought in, by hash, and plays the session again', async () => {
      const login = loginOf('ssh');
      const file = join(installation.folder, 'tool.sh');
      await writeFile(file, `#!/bin/sh\necho ${Math.random()}\n`);
      const scp = await execa(
        'sshpass',
        [
          '-p',
          login.password,
          'scp',
          ...sshOptions,
          '-P',
          String(ports.ssh),
          file,
          `${login.user}@${host}:tool.sh`,
        ],
        { reject: false, stdin: 'ignore', timeout: 60_000 },
      );
      expect(scp.stderr).toBe('');
      const brought = await installation.record(
        'the file',
        ({ event, file: found }) => event.action === 'file-brought' && found.path.endsWith('/tool.sh'),
      );
      const kept = join(
        installation.stateDir,
        'incidents',
        brought.phantom.incident.id,
        'brought',
        brought.file.hash.sha256,
      );
      expect(await readFile(kept)).toEqual(await readFile(file));
      const { stdout } = await ssh(login, 'sh ./tool.sh');
      expect(stdout).toMatch(/^0\./);
      const ended = await installation.record(
        'the session',
        ({ event, phantom }) => event.action === 'session-ended' && phantom.decoy.act.text === 'sh ./tool.sh',
      );
      const replay = await installation.command(
        ...['incidents', 'replay', ended.phantom.incident.id, ended.phantom.decoy.recording],
      );
      expect(replay.exitCode).toBe(0);
      expect(replay.stdout).toContain(stdout);
    });

    it('lets nothing out, and puts what was tried on record', async () => {
      let reached = 0;
      const listener = createServer(() => {
        reached += 1;
      });
      await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
      const { port } = listener.address() as AddressInfo;
      // This host by its own address on Docker's bridge: nearer than anything else would be.
      const [bridge] = (await docker.getNetwork('bridge').inspect()).IPAM?.Config ?? [];
      const target = bridge?.Gateway as string;
      const tries = [`timeout 2 bash -c 'echo > /dev/tcp/${target}/${port}'`, `echo > /dev/udp/${target}/53`];
      await ssh(loginOf('ssh'), tries.join('; '));
      for (const wanted of [port, 53])
        await installation.record(
          `the try at port ${wanted}`,
          ({ event, destination }) =>
            event.action === 'trail-connect' && destination?.ip === target && destination?.port === wanted,
        );
      listener.close();
      expect(reached).toBe(0);
    });

    describe('other services', () => {
      it('PostgreSQL shows its databases and their tables to psql', async () => {
        const { user, password } = loginOf('postgres');
        const psql = async (database: string, command: string) => {
          const server = ['-h', host, '-p', String(ports.postgres), '-U', user];
          const { stdout } = await execa('psql', [...server, '-Atc', command, database], {
            env: { PGPASSWORD: password },
            reject: false,
            timeout: 90_000,
          });
          return stdout;
        };
        expect(await psql('postgres', 'select version()')).toMatch(/^PostgreSQL \d+\.\d+ /);
        const own = "select datname from pg_database where datname !~ '^(postgres|template)' limit 1";
        const database = await psql('postgres', own);
        expect(await psql(database, '\\dt')).toContain('|table|');
      });

      it('Redis shows its keys to redis-cli, and no more than an error to a wrong password', async () => {
        const { user, password } = loginOf('redis');
        const redis = async (pass: string, ...command: string[]) => {
          const server = ['-h', host, '-p', String(ports.redis), '--user', user, '--pass', pass];
          const { stdout } = await execa('redis-cli', [...server, '--no-auth-warning', ...command]);
          return stdout;
        };
        const keys = (await redis(password, '--scan')).split('\n');
        expect(keys.length).toBeGreaterThan(5);
        expect(await redis(password, 'type', keys[0] as string)).toMatch(
          /^(string|hash|list|set|zset|stream)$/,
        );
        expect(await redis('no-such-password', 'ping')).toContain('NOAUTH');
        const login = await installation.record(
          'the login',
          ({ event, phantom }) => event.action === 'decoy-login' && phantom.decoy.service === 'redis',
        );
        expect(login.phantom.trap.id).toBe(loginOf('redis').trap.id);
      });

      it('sftp walks through the home of its user', async () => {
        const { user, password } = loginOf('ssh');
        const target = ['-P', String(ports.ssh), `${user}@${host}`];
        const { stdout } = await execa('sshpass', ['-p', password, 'sftp', ...sshOptions, ...target], {
          input: 'pwd\nls -la\n',
          timeout: 60_000,
        });
        expect(stdout).toContain(`Remote working directory: /home/${user}`);
        expect(stdout).toMatch(/\.bashrc$/m);
      });

      it('the console shows its pages to a browser', async () => {
        const login = loginOf('http');
        const page = await execa('curl', [
          ...['-s', '-u', `${login.user}:${login.password}`],
          `http://${host}:${ports.http}/api/v1/users`,
        ]);
        expect(page.stdout).toContain('@');
        const record = await installation.record(
          'the request',
          ({ event, phantom }) => event.action === 'decoy-act' && phantom.decoy.service === 'http',
        );
        expect(record.phantom.decoy.act.text).toContain('/api/v1/users');
      });
    });

    it('is killed during a session: the next run closes the recording, which passes its checksum', async () => {
      const { user, password } = loginOf('ssh');
      const session = execa(
        'sshpass',
        ['-p', password, 'ssh', '-tt', ...sshOptions, '-p', String(ports.ssh), `${user}@${host}`],
        { reject: false, timeout: 90_000 },
      );
      session.stdin.write('echo before-$((6 * 7))\n');
      const started = await installation.record(
        'the session',
        ({ event, phantom }) => event.action === 'session-started' && phantom.decoy.act.text === 'a shell',
      );
      const { incident, decoy } = started.phantom;
      const folder = join(installation.stateDir, 'incidents', incident.id);
      const recording = join(folder, decoy.recording);
      await until('what was shown to be on disk', async () =>
        (await readFile(recording, 'utf8').catch(() => '')).includes('before-42'),
      );
      daemon.kill('SIGKILL');
      await daemon.end();
      await session;
      expect((await stat(recording)).mode & 0o777).toBe(0o600);
      daemon = await installation.start(['--sensor=ebpf']);
      expect((await installation.action('recording-completed')).file.path).toBe(recording);
      expect((await stat(recording)).mode & 0o777).toBe(0o400);
      const sums = await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder });
      expect(sums.stdout).toContain(`${decoy.recording}: OK`);
      const replay = await installation.command('incidents', 'replay', incident.id, decoy.recording);
      expect(replay.stdout).toContain('before-42');
    });

    it('leaves nothing behind', async () => {
      await installation.stop();
      const instance = createHash('sha256').update(installation.stateDir).digest('hex').slice(0, 12);
      const own = { label: [`org.phantom-files.instance=${instance}`] };
      expect(await docker.listContainers({ all: true, filters: own })).toEqual([]);
      expect((await installation.command('verify')).exitCode).toBe(0);
    });
  },
);
