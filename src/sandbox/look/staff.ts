import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Inhabitants } from './accounts.js';

/** A process that the sandbox shows: `ps` has `title` for its arguments, and `name` for its name. */
export interface StaffMember {
  readonly login: string;
  /** At most 15 bytes (TASK_COMM_LEN in sched.h). */
  readonly name: string;
  readonly title: string;
}

interface Role extends StaffMember {
  /** Of the host's /usr: shown where it is there, so that nobody looks in vain for what seems to run. */
  readonly where: string;
}

const roles: readonly Role[] = [
  ...['systemd-journald', 'systemd-udevd', 'systemd-logind'].map((name) => ({
    login: 'root',
    name: name.slice(0, 15),
    title: `/lib/systemd/${name}`,
    where: `lib/systemd/${name}`,
  })),
  { login: 'root', name: 'cron', title: '/usr/sbin/cron -f', where: 'sbin/cron' },
  { login: 'root', name: 'rsyslogd', title: '/usr/sbin/rsyslogd -n -iNONE', where: 'sbin/rsyslogd' },
  {
    login: 'root',
    name: 'agetty',
    title: '/sbin/agetty -o -p -- \\u --noclear tty1 linux',
    where: 'sbin/agetty',
  },
  {
    login: 'root',
    name: 'nginx',
    title: 'nginx: master process /usr/sbin/nginx -g daemon on; master_process on;',
    where: 'sbin/nginx',
  },
  {
    login: 'messagebus',
    name: 'dbus-daemon',
    title:
      '/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only',
    where: 'bin/dbus-daemon',
  },
  {
    login: 'redis',
    name: 'redis-server',
    title: '/usr/bin/redis-server 127.0.0.1:6379',
    where: 'bin/redis-server',
  },
  { login: 'www-data', name: 'nginx', title: 'nginx: worker process', where: 'sbin/nginx' },
  { login: 'www-data', name: 'nginx', title: 'nginx: worker process', where: 'sbin/nginx' },
];

/** Whoever sees the list came by it. */
const sshd: StaffMember = {
  login: 'root',
  name: 'sshd',
  title: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
};

/** Who is to be seen in the process list, by user. */
export function staffOf(hostUsr: string, inhabitants: Inhabitants): Map<string, StaffMember[]> {
  const employed = roles.filter(({ where }) => existsSync(join(hostUsr, where)));
  const staff = new Map<string, StaffMember[]>();
  for (const { login, name, title } of [sshd, ...employed, ...postgresOf(hostUsr)]) {
    if (inhabitants.owner(login) === undefined) continue;
    staff.set(login, [...(staff.get(login) ?? []), { login, name, title }]);
  }
  return staff;
}

/** A cluster of the newest version that is installed as Debian does it. */
function postgresOf(hostUsr: string): StaffMember[] {
  const folder = join(hostUsr, 'lib/postgresql');
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const [version] = versions
    .filter((name) => /^\d+$/u.test(name) && existsSync(join(folder, name, 'bin/postgres')))
    .sort((one, other) => Number(other) - Number(one));
  if (version === undefined) return [];
  const server = `/usr/lib/postgresql/${version}/bin/postgres -D /var/lib/postgresql/${version}/main -c config_file=/etc/postgresql/${version}/main/postgresql.conf`;
  const workers = ['checkpointer', 'background writer', 'walwriter'];
  return [server, ...workers.map((worker) => `postgres: ${version}/main: ${worker} `)].map((title) => ({
    ...{ login: 'postgres', name: 'postgres' },
    title,
  }));
}
