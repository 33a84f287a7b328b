import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addresses, NameSpaces } from '../integration/redirect/name-spaces.js';
import { describeWith } from '../support/requirements.js';
import { until } from '../support/until.js';
import { type AuditRecord, Installation } from './phantomd.js';

const [server] = addresses.server;
const [intruder] = addresses.intruder;
const [colleague] = addresses.other;
const gateway = '10.213.7.4';

/** Rules of somebody else, and the redirect of another installation. */
const foreign = `table inet firewall {
  set banned { type ipv4_addr; flags timeout; elements = { 192.0.2.66 }; }
  chain input { type filter hook input priority 0; policy accept; ip saddr @banned drop; }
}
table inet phantom_files_0123456789ab {
  set visitors4 { type ipv4_addr; flags timeout; size 256; }
  chain to_decoy { type nat hook prerouting priority -110; policy accept; ip saddr @visitors4 tcp dport 22 redirect to :2299; }
}`;

describeWith(
  ['root', 'bpf', 'bpftrace', 'inotifywait', 'docker', 'ip', 'nft', 'ssh', 'ssh-keygen', 'sshd'],
  'a daemon that redirects',
  () => {
    let spaces: NameSpaces;
    let installation: Installation;
    let folder: string;
    let sshd: ChildProcess;
    let before: string;
    const key = () => join(folder, 'key');

    beforeAll(async () => {
      spaces = await NameSpaces.make();
      await spaces.nft(foreign);
      before = await ruleset();
      await spaces.run('other', 'ip', 'addr', 'add', `${gateway}/24`, 'dev', 'eth0');
      await spaces.run('server', 'ip', 'route', 'add', '203.0.113.0/24', 'via', gateway);
      folder = await mkdtemp('/tmp/phantom-sshd-');
      for (const name of ['key', 'host'])
        await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
      await mkdir('/run/sshd', { recursive: true });
      const settings = [
        ...['Port 22', `HostKey ${join(folder, 'host')}`, `AuthorizedKeysFile ${join(folder, 'key.pub')}`],
        ...['StrictModes no', 'UsePAM no', 'PermitRootLogin yes', `PidFile ${join(folder, 'pid')}`],
      ];
      await writeFile(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
      const command = ['/usr/sbin/sshd', '-D', '-f', join(folder, 'sshd_config')];
      sshd = spawn('nsenter', [...spaces.entering('server'), ...command], { stdio: 'ignore' });
      await until('the host key of the server', () => hostKeyFor('other'));

      installation = await Installation.make();
      await configure(true);
      installation.under = ['nsenter', ...spaces.entering('server')];
    });
    afterAll(async () => {
      await installation?.remove();
      sshd?.kill('SIGTERM');
      await spaces?.remove();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    const ruleset = () => spaces.nft('list', 'ruleset');
    const configure = (redirect: boolean) =>
      installation.configure({
        response: { containment: 'observe', redirect, redirect_allow: [colleague] },
        sandbox: {
          warm: 0,
          advertise: { host: server, ports: { ssh: 2222, http: 8080, postgres: 5433, redis: 6380 } },
        },
      });

    /** Who answers at port 22, as a client tells them apart. */
    async function hostKeyFor(from: 'intruder' | 'other'): Promise<string | undefined> {
      const line = await spaces.run(from, 'ssh-keyscan', '-t', 'ed25519', server).catch(() => '');
      return /ssh-ed25519 (\S+)/u.exec(line)?.[1];
    }

    /** Logs in to the server and opens a trap there; what becomes of it. */
    async function touch(from: 'intruder' | 'other' | 'server', source: string): Promise<AuditRecord> {
      const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
      const where = source.startsWith('127.') ? source : server;
      const login = [...options.flatMap((option) => ['-o', option]), '-i', key(), '-b', source];
      // Whoever looks around stays for a while: the login is told by the server's connection.
      const command = `cat '${installation.trap('passwords.txt')}'; read -r _`;
      const session = spawn('nsenter', [
        ...[...spaces.entering(from), 'ssh', ...login, `root@${where}`, command],
      ]);
      try {
        return await installation.record(
          `what becomes of ${source}`,
          ({ event, source: of }) => event.action.startsWith('redirect-') && of?.ip === source,
        );
      } finally {
        session.kill('SIGKILL');
      }
    }

    /** All tables but that of this installation. */
    async function others(): Promise<string> {
      const tables = (await ruleset()).split(/(?=^table )/mu);
      return tables
        .filter((table) => !/^table inet phantom_files_/u.test(table) || table.includes('0123456789ab'))
        .join('');
    }

    it('leads new connections of an actor to the decoy, and no others', async () => {
      await installation.start(['--sensor=ebpf']);
      await until('its rules', async () => (await ruleset()) !== before);
      await installation.record(
        'the decoy',
        ({ event, phantom }) => event.action === 'decoy-listening' && phantom.decoy.service === 'ssh',
      );
      const real = await hostKeyFor('other');
      expect(await hostKeyFor('intruder')).toBe(real);
      const added = await touch('intruder', intruder);
      expect(added.event.action).toBe('redirect-added');
      const opened = await installation.action('incident-opened');
      expect(added.phantom.incident.id).toBe(opened.phantom.incident.id);
      const shown = await hostKeyFor('intruder');
      expect(shown).toBeDefined();
      expect(shown).not.toBe(real);
      expect(await hostKeyFor('other')).toBe(real);
      expect(await others()).toBe(before);
    });

    it.each([
      ['on the allow list', 'other', colleague, 'it is on the allow list'],
      ['of a gateway', 'other', gateway, 'it is a gateway of this host'],
      ['of loopback', 'server', '127.0.0.1', 'it is a loopback, link-local or multicast address'],
    ] as const)('never redirects an address %s', async (_which, from, source, reason) => {
      const rules = await ruleset();
      const refused = await touch(from, source);
      expect(refused.event).toMatchObject({ action: 'redirect-refused', reason });
      expect((await ruleset()).replace(/expires \S+/gu, '')).toBe(rules.replace(/expires \S+/gu, ''));
    });

    it('leaves no rule when it stops, and those of others as they were', async () => {
      await installation.stop();
      expect(await ruleset()).toBe(before);
    });

    it('removes at its start what one that was killed left, also where nobody is to be redirected', async () => {
      const killed = await installation.start(['--sensor=inotify']);
      await until('its rules', async () => (await ruleset()) !== before);
      killed.kill('SIGKILL');
      await killed.end();
      expect(await ruleset()).not.toBe(before);
      await configure(false);
      await installation.start(['--sensor=inotify']);
      await until('the rules of before', async () => (await ruleset()) === before);
      await installation.stop();
      expect(await ruleset()).toBe(before);
    });
  },
);
