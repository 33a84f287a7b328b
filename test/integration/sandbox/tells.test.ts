import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { until } from '../../support/until.js';
import { docker, says, TestInstallation, visit } from './docker-host.js';

/** What is closed, by the first column of the table in docs/sandbox.md: a command, and what it must (not) say. */
const closed: Readonly<Record<string, readonly [command: string, says: RegExp, neverSays?: RegExp]>> = {
  '`/.dockerenv`': ['ls -A /', /^usr$/mu, /dockerenv/u],
  'names of cgroups': ['cat /proc/self/cgroup /proc/1/cgroup', /:\/$/mu, /docker|libpod|containerd/u],
  'files of cgroups': ['ls -A /sys/fs/cgroup | wc -l', /^0$/u],
  'MAC address': ['cat /sys/class/net/eth0/address', /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/u, /^02:42/u],
  'process 1': ['ps -o comm=,args= -p 1; cat /proc/1/comm', /^systemd +\/sbin\/init\nsystemd$/u],
  'what process 1 is': [
    'cat /proc/1/environ /proc/1/maps; readlink /proc/1/exe /proc/1/root',
    /Permission denied/u,
    /bash|PATH/u,
  ],
  'who buries the dead': ['(sleep 0.1 &); sleep 0.5; ps -eo stat=', /^S/mu, /Z/u],
  // They come in any order; which beside sshd the host decides.
  'processes of a server': ['ps -eo user=,comm=', /^root +sshd$/mu],
  'programs of the services': [
    `ps -eo args= | sed -nE 's#^(/[^ ]+).*#\\1#p; s#^nginx: master process ([^ ]+) .*#\\1#p' | sort -u | while read -r p; do [ -e "$p" ] || echo "missing $p"; done; ps -eo args= | grep -c '^/'`,
    /^\d+$/u,
    /missing/u,
  ],
  'what the processes are': [
    'for p in $(pgrep -u root); do readlink /proc/$p/exe; cat /proc/$p/environ; done 2>&1',
    /Permission denied/u,
    /bash/u,
  ],
  'parent of the shell': [
    'ps -o args= -p $PPID; readlink /proc/$PPID/exe; cat /proc/$PPID/environ',
    /^sshd: alind@notty$/mu,
    /bash|VISIT/u,
  ],
  'low process numbers': ['echo $$', /^\d{4,}$/u],
  'host name': [
    'hostname; cat /etc/hostname; hostname -f',
    /^web-02\nweb-02\nweb-02\.int\.nordenfreight\.example$/u,
  ],
  '/etc/hosts': ['cat /etc/hosts', /^10\.20\.4\.11\tdb-01\.int\.nordenfreight\.example db-01$/mu, /172\./u],
  '/etc/resolv.conf': [
    'cat /etc/resolv.conf',
    /^search int\.nordenfreight\.example$/mu,
    /127\.0\.0\.11|ndots/u,
  ],
  'binds from the folder of the engine': [
    'cat /proc/self/mountinfo',
    / \/usr /u,
    /\/containers\/|\/etc\/(hosts|hostname|resolv\.conf)/u,
  ],
  '`systemd-detect-virt`': ['systemd-detect-virt --container', /^none$/u],
  'kernel log': ['dmesg', /Operation not permitted/u],
  uptime: ['cut -d. -f1 /proc/uptime', /^\d+$/u],
  users: [
    'getent passwd alind; id',
    /alind:x:1\d{3}:1\d{3}:Anna Lind,,,:\/home\/alind:\/bin\/bash\nuid=1\d{3}\(alind\).*\(adm\)/u,
  ],
  '/etc/shadow': ['ls -l /etc/shadow', /^-rw-r----- /u],
  'a home': ['ls -A ~; wc -l <~/.bash_history', /\.bashrc\n(.*\n)*\.ssh\n(.*\n)*harbor\n(.*\n)*[2-9]\d$/u],
  'age of files': ['find ~ /var/log /root -mmin -1 2>/dev/null', /^$/u],
  'past logins': ['last -n 100', /^deploy +pts\/0 +10\.20\.4\./mu],
  logs: ['tail -n 1 /var/log/auth.log /var/log/syslog', / web-02 /u],
  'packages that are installed': ['dpkg -l bash', /^ii +bash /mu],
  'environment of a container': ['env', /^SHELL=\/bin\/bash$/mu, /^(container|HOSTNAME|DOCKER)/mu],
  'ulimits of a container': ['ulimit -Sn; umask', /^1024\n0022$/u],
};

describeWith(['root', 'docker'], 'what would give a sandbox away', () => {
  let installation: TestInstallation;
  let sandbox: DockerSandbox;
  const incidentId = 'tells';

  beforeAll(async () => {
    installation = await TestInstallation.make();
    sandbox = installation.sandbox();
    await sandbox.start({ incidentId });
    // Whoever looks did not come in the second in which it was made.
    await says(sandbox, incidentId, 'true');
  });
  afterAll(() => installation.clean());

  it.each(Object.entries(closed))('%s is closed', async (_tell, [command, wanted, unwanted]) => {
    const { output } = await says(sandbox, incidentId, command);
    expect(output).toMatch(wanted);
    if (unwanted !== undefined) expect(output).not.toMatch(unwanted);
  });

  it('who is logged in is listed, from where and on which terminal, until they leave', async () => {
    const terminal = { type: 'xterm', columns: 80, rows: 24 };
    const visitor = await visit(sandbox, incidentId, { user: 'alind', from: '198.51.100.7', terminal });
    const who = async () => (await says(sandbox, incidentId, 'who')).output;
    await until('the visitor', async () => /^alind +pts\/0 .*\(198\.51\.100\.7\)$/mu.test(await who()));
    const shown = await says(sandbox, incidentId, 'w -h');
    expect(shown.output).toMatch(/^alind +pts\/0 +198\.51\.100\.7 /mu);
    for await (const { path } of sandbox.broughtFiles(incidentId, 1000, () => false))
      expect(path).not.toBe('/run/utmp');
    visitor.channel.hangUp();
    await visitor.ended;
    await until('nobody', async () => !(await who()).includes('alind'));
  });

  it('services that the host has run under their users', async () => {
    const { output } = await says(sandbox, incidentId, 'ps -eo user:20=,comm=');
    for (const [program, wanted] of [
      ['/usr/bin/redis-server', /^redis +redis-server$/mu],
      ['/usr/sbin/nginx', /^www-data +nginx$/mu],
      ['/usr/lib/postgresql/15/bin/postgres', /^postgres +postgres$/mu],
    ] as const)
      if (existsSync(program)) expect(output).toMatch(wanted);
  });

  it('uptime is the one of the host', async () => {
    const { output } = await says(sandbox, incidentId, 'cut -d. -f1 /proc/uptime');
    const [host] = (await readFile('/proc/uptime', 'utf8')).split('.');
    expect(Math.abs(Number(host) - Number(output))).toBeLessThan(10);
  });

  it('os-release is the one of the host', async () => {
    const { output } = await says(sandbox, incidentId, 'cat /etc/os-release');
    expect(output).toBe((await readFile('/etc/os-release', 'utf8')).trim());
  });

  it('no mark of this program is to be found', async () => {
    const { output } = await says(
      sandbox,
      incidentId,
      'grep -rlsi phan[t]om /etc /root /home /var /run /tmp 2>/dev/null; cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"; hostname; ip a; cat /proc/self/mountinfo',
      'root',
    );
    expect(output).not.toMatch(/phantom/iu);
  });

  it('the table of the documentation lists what is checked here, and counts it', async () => {
    const text = await readFile('docs/sandbox.md', 'utf8');
    const rows = [...text.matchAll(/^\| (?<tell>[^|]+?) \| (?<state>closed|open|for users|in part) \|/gmu)];
    const listed = rows.filter((row) => row.groups?.state === 'closed').map((row) => row.groups?.tell);
    expect(listed.sort()).toEqual([...Object.keys(closed), 'os-release', 'who is logged in'].sort());
    expect(text).toContain(`${listed.length} of ${rows.length} are closed`);
  });

  it('what it is called outside says nothing inside', async () => {
    const { Name } = await docker.getContainer('phantom_forensics_tells').inspect();
    expect(Name).toBe('/phantom_forensics_tells');
    const { output } = await says(sandbox, incidentId, 'getent hosts phantom_forensics_tells; hostname');
    expect(output).toBe('web-02');
  });
});
