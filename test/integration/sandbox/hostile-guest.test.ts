import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerSandbox } from '../../../src/sandbox/docker/docker-sandbox.js';
import { describeWith } from '../../support/requirements.js';
import { docker, says, TestInstallation } from './docker-host.js';

const denied =
  /denied|not permitted|read-only|no such file|function not implemented|failed to map segment|must be superuser/iu;

/** A system call by number, as on x86-64, through perl: 0 would be success. */
const call = (numbers: string) =>
  `perl -e 'my $given = syscall(${numbers}); print "$!\n"; exit($given < 0 ? 0 : 7)'`;

/** Ways out that are known from other containers; each has to fail, for a user and for root. */
const attempts: Readonly<Record<string, string>> = {
  'the socket of the engine': 'ls /var/run/docker.sock /run/docker.sock /run/containerd /run/podman',
  'a mount': 'mount -t tmpfs none /mnt',
  'the system call for a mount': call('165, "none", "/mnt", "tmpfs", 0, 0'),
  'a mount of proc': 'mkdir /tmp/p; mount -t proc proc /tmp/p',
  'the root mounted to be written': 'mount -o remount,rw /',
  'a setting of the kernel': 'echo "|/tmp/x" >/proc/sys/kernel/core_pattern',
  'a setting of the network': 'echo 1 >/proc/sys/net/ipv4/ip_forward',
  'the system request key': 'echo h >/proc/sysrq-trigger',
  'a release agent': 'mkdir /sys/fs/cgroup/x; echo /tmp/x >/sys/fs/cgroup/release_agent',
  'a cgroup file system of its own': 'mkdir /tmp/c; mount -t cgroup -o memory cgroup /tmp/c',
  'a device node': 'mknod /tmp/disk b 254 0',
  'the disk': 'head -c 1 /dev/vda /dev/sda /dev/nvme0n1 /dev/mem /dev/kmsg',
  'the memory of process 1': 'head -c 1 /proc/1/mem',
  'tracing process 1': call('101, 16, 1, 0, 0'),
  'the root of process 1': 'ls /proc/1/root/',
  'keys of the kernel': call('250, 0, -3, 1'),
  'a BPF program': call('321, 5, "\\0" x 120, 120'),
  'a user name space': 'unshare -U true',
  'a mount name space': 'unshare -m true',
  'the name space of another': call('308, 0, 0'),
  'a file by its handle': call('304, 0, "\\0" x 64, 0'),
  'a module': call('175, 0, 0, ""'),
  'a new kernel': call('246, 0, 0, 0, 0'),
  // LINUX_REBOOT_CMD_CAD_OFF: harmless if it were let through.
  'a restart': call('169, 0xfee1dead, 672274793, 0'),
  'the clock': "date -s '2001-01-01'",
  'another root': '/usr/sbin/chroot /tmp true',
  'a raw socket': `perl -MSocket -e 'socket(my $s, AF_INET, SOCK_RAW, 1) ? exit 7 : print "$!"'`,
  'a packet socket': `perl -e 'socket(my $s, 17, 3, 768) ? exit 7 : print "$!"'`,
  'an address of its own': 'ip addr add 10.99.0.1/24 dev eth0',
  'another network card': 'ip link add dummy0 type dummy',
  'a file in /usr': 'touch /usr/bin/new',
  'a file in /etc': 'touch /etc/new',
  'a program of its own in a home': 'cp /usr/bin/id ~/id; ~/id',
  'a program of its own in /tmp': 'cp /usr/bin/id /tmp/id; chmod +x /tmp/id; /tmp/id',
  'a program of its own in /dev/shm': 'cp /usr/bin/id /dev/shm/id; /dev/shm/id',
  'a library of its own':
    'cp /usr/lib/x86_64-linux-gnu/libc.so.6 /tmp/l.so; /lib64/ld-linux-x86-64.so.2 /tmp/l.so',
  "another user's file": 'cat /home/deploy/notes.txt',
  'a profile of the kernel': call('298, "\\0" x 112, 0, -1, -1, 0'),
};

describeWith(['root', 'docker', 'perl'], 'a hostile guest', () => {
  let installation: TestInstallation;
  let sandbox: DockerSandbox;
  const incidentId = 'hostile';

  beforeAll(async () => {
    installation = await TestInstallation.make();
    sandbox = installation.sandbox();
    await sandbox.start({ incidentId });
  });
  afterAll(() => installation.clean());

  const users = ['alind', 'root'];
  const cases = Object.entries(attempts).flatMap(([what, command]) =>
    users.map((user) => [what, user, command] as const),
  );
  it.each(cases)('does not get %s (%s)', async (_what, user, command) => {
    const { code, output } = await says(
      sandbox,
      incidentId,
      `cd /; (${command}) 2>&1; echo "ended $?"`,
      user,
    );
    expect(output).toMatch(denied);
    expect(output).not.toMatch(/ended 7$/u);
    expect(code).toBe(0);
  });

  it.each(users)('has no capability and can gain none (%s)', async (user) => {
    const { output } = await says(sandbox, incidentId, 'cat /proc/self/status', user);
    for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb'])
      expect(output).toMatch(new RegExp(`^${set}:\\s*0{16}$`, 'm'));
    expect(output).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(output).toMatch(/^Seccomp:\s*2$/m);
  });

  it.each(users)('reads nothing of the memory of the kernel (%s)', async (user) => {
    const read =
      'for f in /proc/kcore /proc/kallsyms /proc/kpageflags; do head -c 64 $f; done 2>/dev/null | tr -d "0\\0" | wc -c';
    const { output } = await says(sandbox, incidentId, read, user);
    const symbols = await says(sandbox, incidentId, 'grep -vc "^0000000000000000" /proc/kallsyms', user);
    expect(Number(output)).toBeLessThanOrEqual(64);
    expect(symbols.output).toBe('0');
  });

  it('shares no name space with the host', async () => {
    const { readlink } = await import('node:fs/promises');
    for (const space of ['pid', 'net', 'ipc', 'uts', 'mnt', 'cgroup']) {
      const { output } = await says(sandbox, incidentId, `readlink /proc/self/ns/${space}`);
      expect(output).toMatch(new RegExp(`^${space}:`, 'u'));
      expect(output).not.toBe(await readlink(`/proc/self/ns/${space}`));
    }
  });

  it('ends everything it can reach, and is still in a sandbox that runs', async () => {
    await says(sandbox, incidentId, 'kill -9 1; kill -9 -1', 'root');
    expect((await docker.getContainer(`phantom_forensics_${incidentId}`).inspect()).State.Running).toBe(true);
    expect((await says(sandbox, incidentId, 'whoami', 'root')).output).toBe('root');
  });
});
