import { existsSync } from 'node:fs';
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
  /** Shown where one of these is in the host's /usr; always where none is said. */
  readonly where?: readonly string[];
}

const systemd = ['lib/systemd/systemd'];
const postgres =
  '/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main -c config_file=/etc/postgresql/15/main/postgresql.conf';

const roles: readonly Role[] = [
  { login: 'root', name: 'systemd-journal', title: '/lib/systemd/systemd-journald', where: systemd },
  { login: 'root', name: 'systemd-udevd', title: '/lib/systemd/systemd-udevd', where: systemd },
  { login: 'root', name: 'systemd-logind', title: '/lib/systemd/systemd-logind', where: systemd },
  { login: 'root', name: 'cron', title: '/usr/sbin/cron -f' },
  { login: 'root', name: 'rsyslogd', title: '/usr/sbin/rsyslogd -n -iNONE' },
  { login: 'root', name: 'agetty', title: '/sbin/agetty -o -p -- \\u --noclear tty1 linux' },
  { login: 'root', name: 'sshd', title: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups' },
  {
    login: 'root',
    name: 'nginx',
    title: 'nginx: master process /usr/sbin/nginx -g daemon on; master_process on;',
  },
  {
    login: 'messagebus',
    name: 'dbus-daemon',
    title:
      '/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only',
  },
  { login: 'postgres', name: 'postgres', title: postgres },
  { login: 'postgres', name: 'postgres', title: 'postgres: 15/main: checkpointer ' },
  { login: 'postgres', name: 'postgres', title: 'postgres: 15/main: background writer ' },
  { login: 'postgres', name: 'postgres', title: 'postgres: 15/main: walwriter ' },
  { login: 'redis', name: 'redis-server', title: '/usr/bin/redis-server 127.0.0.1:6379' },
  { login: 'www-data', name: 'nginx', title: 'nginx: worker process' },
  { login: 'www-data', name: 'nginx', title: 'nginx: worker process' },
];

/** Who is to be seen in the process list, by user. */
export function staffOf(hostUsr: string, inhabitants: Inhabitants): Map<string, StaffMember[]> {
  const staff = new Map<string, StaffMember[]>();
  for (const { where, ...member } of roles) {
    if (inhabitants.owner(member.login) === undefined) continue;
    if (where !== undefined && !where.some((path) => existsSync(join(hostUsr, path)))) continue;
    staff.set(member.login, [...(staff.get(member.login) ?? []), member]);
  }
  return staff;
}
