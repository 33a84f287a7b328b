import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, it } from 'vitest';

/** What a test needs of the host, and why it cannot have it; undefined where it can. */
const checks = {
  root: async () => (process.geteuid?.() === 0 ? undefined : 'not root'),
  bpf: async () => (existsSync('/sys/kernel/btf/vmlinux') ? undefined : 'the kernel has no BTF'),
  docker: async () => ((await answers('/var/run/docker.sock')) ? undefined : 'Docker does not answer'),
  // The command line alone: it works on its own files without the daemon.
  'docker command': async () => program('docker'),
  bpftrace: async () => program('bpftrace'),
  inotifywait: async () => program('inotifywait'),
  bash: async () => program('bash'),
  openssl: async () => program('openssl'),
  openvpn: async () => program('openvpn'),
  soffice: async () => program('soffice'),
  pdftotext: async () => program('pdftotext'),
  qpdf: async () => program('qpdf'),
  sqlite3: async () => program('sqlite3'),
  'keepassxc-cli': async () => program('keepassxc-cli'),
  gunzip: async () => program('gunzip'),
  strace: async () => program('strace'),
  perl: async () => program('perl'),
  git: async () => program('git'),
  psql: async () => program('psql'),
  npm: async () => program('npm'),
  curl: async () => program('curl'),
  htpasswd: async () => program('htpasswd'),
  php: async () => program('php'),
  'ansible-vault': async () => program('ansible-vault'),
  ssh: async () => program('ssh'),
  'ssh-keygen': async () => program('ssh-keygen'),
  sshpass: async () => program('sshpass'),
  'redis-cli': async () => program('redis-cli'),
  // Not in everybody's PATH.
  sshd: async () => (existsSync('/usr/sbin/sshd') ? undefined : 'sshd is not installed'),
  python3: async () => program('python3'),
  ip: async () => program('ip'),
  nft: async () => program('nft'),
  'systemd-analyze': async () => program('systemd-analyze'),
} as const;

export type Requirement = keyof typeof checks;

/** Such a host can run every test: there a missing part is a failure, not a reason to skip. */
const mustRunAll = (await checks.root()) === undefined && (await checks.bpf()) === undefined;

const missing = new Map<Requirement, string>();
for (const [name, check] of Object.entries(checks)) {
  const reason = await check();
  if (reason !== undefined) missing.set(name as Requirement, reason);
}

/** A group of tests that is skipped, by name and with the reason, only where the host cannot run it. */
export function describeWith(needs: readonly Requirement[], name: string, tests: () => void): void {
  const reason = needs.map((need) => missing.get(need)).find((why) => why !== undefined);
  if (reason === undefined) describe(name, tests);
  else if (mustRunAll)
    describe(name, () => {
      it('has what it needs on this host', () => {
        throw new Error(reason);
      });
    });
  else describe.skip(`${name} (skipped: ${reason})`, tests);
}

function program(name: string): string | undefined {
  try {
    execFileSync('which', [name], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${name} is not installed`;
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
