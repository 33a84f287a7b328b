import type { DecoySoftware } from '../services/service.js';
import { installedVersions } from './installed-versions.js';

/** What the distributions ship, with their security updates of 2025 and 2026 as far as they are known. */
const shipped: Readonly<Record<string, DecoySoftware>> = {
  'debian 12': {
    ssh: 'OpenSSH_9.2p1 Debian-2+deb12u7',
    postgres: '15.14 (Debian 15.14-0+deb12u1)',
    redis: '7.0.15',
    http: 'nginx/1.22.1',
  },
  'debian 13': {
    ssh: 'OpenSSH_10.0p2 Debian-7',
    postgres: '17.6 (Debian 17.6-0+deb13u1)',
    redis: '8.0.2',
    http: 'nginx/1.26.3',
  },
  'ubuntu 22.04': {
    ssh: 'OpenSSH_8.9p1 Ubuntu-3ubuntu0.13',
    postgres: '14.19 (Ubuntu 14.19-0ubuntu0.22.04.1)',
    redis: '6.0.16',
    http: 'nginx/1.18.0 (Ubuntu)',
  },
  'ubuntu 24.04': {
    ssh: 'OpenSSH_9.6p1 Ubuntu-3ubuntu13.14',
    postgres: '16.10 (Ubuntu 16.10-0ubuntu0.24.04.1)',
    redis: '7.0.15',
    http: 'nginx/1.24.0 (Ubuntu)',
  },
  // Red Hat's sshd says no more than the release of OpenSSH.
  'rhel 9': { ssh: 'OpenSSH_8.7', postgres: '13.22', redis: '6.2.19', http: 'nginx/1.20.1' },
};

const likeRhel = new Set(['rhel', 'rocky', 'almalinux', 'centos', 'ol']);

/**
 * The software that a host with this `/etc/os-release` would answer with; Debian 12's for a distribution that is not
 * known. `dpkgStatus`, the content of `/var/lib/dpkg/status`, tells better where packages are installed.
 */
export function softwareOf(osRelease: string, dpkgStatus = ''): DecoySoftware {
  const id = fieldOf(osRelease, 'ID');
  const version = fieldOf(osRelease, 'VERSION_ID');
  const name = likeRhel.has(id) ? `rhel ${version.split('.', 1)[0]}` : `${id} ${version}`;
  const usual = shipped[name] ?? (shipped['debian 12'] as DecoySoftware);
  // Names of these two only: others put no such words behind their versions.
  const maker = { debian: 'Debian', ubuntu: 'Ubuntu' }[id];
  return maker === undefined ? usual : { ...usual, ...installed(dpkgStatus, maker) };
}

function installed(dpkgStatus: string, maker: string): Partial<DecoySoftware> {
  const versions = installedVersions(dpkgStatus);
  // The client is of the same source and version as the server that its distribution has.
  const ssh = versions.get('openssh-server') ?? versions.get('openssh-client');
  const postgres = newestPostgres(versions);
  const redis = versions.get('redis-server');
  const http = versions.get('nginx');
  return {
    ...(ssh && { ssh: `OpenSSH_${ssh.upstream}${ssh.revision && ` ${maker}-${ssh.revision}`}` }),
    ...(postgres && {
      postgres: `${postgres.upstream} (${maker} ${postgres.upstream}-${postgres.revision})`,
    }),
    ...(redis && { redis: redis.upstream }),
    ...(http && { http: `nginx/${http.upstream}${maker === 'Ubuntu' ? ' (Ubuntu)' : ''}` }),
  };
}

function newestPostgres(versions: ReturnType<typeof installedVersions>) {
  const majors = [...versions.keys()].flatMap((name) => /^postgresql-(\d{1,3})$/.exec(name)?.[1] ?? []);
  const newest = majors.map(Number).sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : versions.get(`postgresql-${newest}`);
}

/** As os-release(5) quotes it. */
function fieldOf(osRelease: string, name: string): string {
  const line = osRelease.split('\n').find((one) => one.startsWith(`${name}=`));
  return (line ?? '')
    .slice(name.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}
