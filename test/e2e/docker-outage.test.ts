import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DockerProxy } from '../integration/sandbox/docker-proxy.js';
import { OwnDockerd } from '../support/own-dockerd.js';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { asIntruder } from './intruder.js';
import { type AuditRecord, Installation } from './phantomd.js';

const ports = { ssh: 43_222, http: 43_080, postgres: 43_432, redis: 43_379 };
const host = '127.0.0.1';
const mebibyte = 1024 * 1024;

const sshOptions = [
  ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'],
  ...['-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1'],
];

interface Login {
  readonly user: string;
  readonly password: string;
}

describeWith(
  ['root', 'bpf', 'bpftrace', 'docker', 'ssh', 'sshpass'],
  'an engine that fails in the middle',
  () => {
    let engine: OwnDockerd;
    let proxy: DockerProxy;
    let installation: Installation;
    let login: Login;

    beforeAll(async () => {
      engine = await OwnDockerd.make(64);
      const front = join(engine.folder, 'front.sock');
      proxy = new DockerProxy(front, engine.socket);
      await proxy.listen();
      installation = await Installation.make({
        traps: { kinds: ['passwords', 'env', 'ssh-config', 'docker-compose'] },
        response: { containment: 'observe', incident_idle_s: 1 },
        sandbox: {
          ...{ socket: front, retry_s: 1, api_timeout_ms: 4000, warm: 0, max_running: 20 },
          advertise: { host, ports },
        },
      });
      await installation.start(['--sensor=ebpf']);
      await installation.record(
        'ssh to answer',
        ({ event, phantom }) => event.action === 'decoy-listening' && phantom.decoy.service === 'ssh',
      );
      const registry = JSON.parse(await readFile(join(installation.stateDir, 'registry.json'), 'utf8'));
      login = registry.traps
        .flatMap((trap: { logins?: object[] }) => trap.logins ?? [])
        .find(({ service }: { service: string }) => service === 'ssh');
    });
    afterAll(async () => {
      await installation?.remove();
      await proxy?.close();
      await engine?.remove();
    });

    const ssh = (...command: string[]) =>
      execa(
        'sshpass',
        [
          ...['-p', login.password, 'ssh', ...sshOptions, '-p', String(ports.ssh)],
          ...[`${login.user}@${host}`, ...command],
        ],
        { reject: false, timeout: 60_000, ...(command[0] === '-tt' ? {} : { stdin: 'ignore' as const }) },
      );
    const actions = async (name: string, id?: string): Promise<AuditRecord[]> =>
      (await installation.records()).filter(
        ({ event, phantom }) => event.action === name && (id === undefined || phantom.incident?.id === id),
      );
    const instance = () => createHash('sha256').update(installation.stateDir).digest('hex').slice(0, 12);
    const containers = () =>
      engine.docker.listContainers({
        all: true,
        filters: { label: [`org.phantom-files.instance=${instance()}`] },
      });

    /** An incident whose sandbox cannot be had: its id, and why not. */
    async function refused(): Promise<{ id: string; reason: string }> {
      const known = new Set((await actions('incident-opened')).map(({ phantom }) => phantom.incident.id));
      await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
      const failed = await installation.record(
        'the word of it',
        ({ event, phantom }) => event.action === 'sandbox-failed' && !known.has(phantom.incident.id),
        60_000,
      );
      expect(failed.event.outcome).toBe('failure');
      return { id: failed.phantom.incident.id, reason: failed.event.reason };
    }

    async function startsAfterAll(id: string): Promise<void> {
      await until('its sandbox', async () => (await actions('sandbox-started', id)).length === 1, 60_000);
      expect(await actions('sandbox-failed', id)).toHaveLength(1);
      expect(await actions('trap-touched', id)).not.toHaveLength(0);
    }

    it('is killed and started anew during a session: that is closed, and the incident has a sandbox again', async () => {
      // Whoever comes first waits for the image, on a busy host longer than at the door.
      await until('a sandbox', async () => (await ssh('echo zero')).stdout === 'zero', 90_000);
      const sessions = (await actions('session-started')).length;
      const session = ssh('-tt');
      let shown = '';
      session.stdout?.on('data', (bytes: Buffer) => {
        shown += bytes;
      });
      await until('the prompt', () => shown.includes('$ ') || shown.includes('# '));
      session.stdin?.write('echo one-$((6 * 7))\n');
      await until('the answer', () => shown.includes('one-42'));
      await until('the session', async () => (await actions('session-started')).length > sessions);
      const started = await installation.action('sandbox-started');
      // An incident is closed after a second: on a busy host this login opened another than the first.
      const { id } = (await actions('session-started')).at(-1)?.phantom.incident ?? {};
      const before = (await actions('sandbox-started')).length;
      const [guest] = await containers();
      const pid = (await engine.docker.getContainer(guest?.Id ?? '').inspect()).State.Pid;

      await engine.kill();
      await session;
      const ended = await installation.record(
        'the end of the session',
        ({ event, phantom }) =>
          event.action === 'session-ended' &&
          phantom.incident.id === id &&
          phantom.decoy.exit?.signal !== undefined,
      );
      expect(ended.phantom.decoy.exit).toEqual({ signal: 'HUP' });
      const folder = join(installation.stateDir, 'incidents', id);
      const recording = join(folder, ended.phantom.decoy.recording);
      expect(await readFile(recording, 'utf8')).toContain('one-42');
      expect((await stat(recording)).mode & 0o777).toBe(0o400);
      const sums = await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder });
      expect(sums.stdout).toContain(`${ended.phantom.decoy.recording}: OK`);
      const away = await installation.record(
        'the word that it is out of reach',
        ({ event, message }) => event.action === 'sandbox-failed' && message.includes('out of reach'),
      );
      expect(away.phantom.incident.id).toBe(id);

      await engine.start();
      expect((await installation.action('sandbox-lost')).phantom.incident.id).toBe(id);
      await until('a sandbox again', async () => (await actions('sandbox-started')).length > before);
      expect((await actions('sandbox-started')).at(-1)?.phantom.incident.id).toBe(id);
      const [anew, ...others] = await containers();
      expect(others).toEqual([]);
      expect(anew?.Id).not.toBe(guest?.Id);
      expect(anew?.Names).toEqual([`/${started.container.name}`]);
      expect(existsSync(`/proc/${pid}`)).toBe(false);
      expect(await ssh('echo two-$((6 * 7))')).toMatchObject({ stderr: '', stdout: 'two-42' });
    });

    it('has lost the image: it is made again, and nothing is said', async () => {
      const failures = (await actions('sandbox-failed')).length;
      for (const { Names } of await containers())
        await engine.docker.getContainer(Names[0]?.slice(1) ?? '').remove({ force: true });
      for (const { Id } of await engine.docker.listImages())
        await engine.docker.getImage(Id).remove({ force: true });
      const before = (await actions('sandbox-started')).length;
      await asIntruder('/bin/cat', [installation.trap('passwords.txt')]);
      await until('a sandbox', async () => (await actions('sandbox-started')).length > before);
      expect(await actions('sandbox-failed')).toHaveLength(failures);
    });

    it('answers too late: the incident goes on, the record says so, nothing is left of what was made after all', async () => {
      proxy.delayMs = 6000;
      const { id, reason } = await refused();
      expect(reason).toMatch(/^Docker did not answer within 4000 ms while /u);
      proxy.delayMs = 0;
      await startsAfterAll(id);
      const names = (await containers()).map(({ Names }) => Names[0]);
      expect(names.filter((name) => !name?.startsWith('/phantom_forensics_'))).toEqual([]);
    });

    it('has no room on its disk: the incident goes on, the record says so, and the sandbox comes later', async () => {
      for (const { Id } of await engine.docker.listImages())
        await engine.docker
          .getImage(Id)
          .remove({ force: true })
          .catch(() => {});
      const filler = join(engine.data, 'filler');
      const file = await open(filler, 'w');
      const block = Buffer.alloc(mebibyte, 1);
      try {
        for (let size = mebibyte; size >= 4096; )
          await file.write(block.subarray(0, size)).catch(() => {
            size /= 2;
          });
      } finally {
        await file.close();
      }
      const { id, reason } = await refused();
      expect(reason).toMatch(/no space left on device/u);
      await rm(filler);
      await startsAfterAll(id);
    });

    it('leaves nothing behind', async () => {
      await installation.stop();
      expect(await containers()).toEqual([]);
      expect((await installation.command('verify')).exitCode).toBe(0);
      await installation.command('unplant');
      expect(await engine.docker.listImages()).toEqual([]);
      expect((await engine.docker.listNetworks()).map(({ Name }) => Name)).not.toContain('phantom_sandbox');
    });
  },
);
