import type { DecoyStory, StoryHost } from '../../../core/decoy/decoy-story.js';
import { Drawing } from './drawing.js';

const dayMs = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/**
 * What the console shows, drawn from the story: the same for everybody who looks within a few minutes, and
 * as a night later there is another backup.
 */
export class ConsoleFacts {
  readonly #story: DecoyStory;
  readonly #nowMs: () => number;
  readonly build: string;

  constructor(story: DecoyStory, nowMs: () => number) {
    this.#story = story;
    this.#nowMs = nowMs;
    const draw = new Drawing(story.seed, 'build');
    this.build = `${draw.number(2, 6)}.${draw.number(0, 24)}.${draw.number(0, 9)}`;
  }

  hosts() {
    const now = this.#nowMs();
    const since = Date.UTC(2025, 0, 1);
    return this.#story.hosts.map((host) => {
      const draw = this.#draw(`host/${host.name}`);
      // Booted for updates of the kernel, every one to four months.
      const everyDays = draw.number(30, 120);
      const days = Math.floor((now - since) / dayMs + draw.number(0, everyDays)) % everyDays;
      const moment = this.#draw(`load/${host.name}/${Math.floor(now / 60_000)}`);
      const [memory, disk] = [draw.number(31, 78), draw.number(22, 88)];
      return {
        role: host.role,
        name: host.name,
        address: host.address,
        cpu: draw.number(1, 24) + moment.number(0, 14),
        memory: memory + moment.number(0, 3),
        disk,
        days: days + 1,
        isBusy: disk > 85,
      };
    });
  }

  users() {
    return this.#story.people.map(({ name, login, email, title }, place) => {
      const draw = this.#draw(`user/${login}`);
      const group = place < 3 ? 'admins' : draw.one(['staff', 'staff', 'operators', 'readonly']);
      return { login, name, title, email, group, isActive: draw.chance(0.9) };
    });
  }

  backups() {
    const { project } = this.#story;
    const tonight = Math.floor(this.#nowMs() / dayMs) * dayMs;
    const own = this.#draw('backups');
    const [hour, base] = [own.number(0, 3), own.number(180, 4200)];
    const database = this.#host('database');
    return Array.from({ length: 14 }, (_, night) => tonight - night * dayMs)
      .map((midnight) => {
        const draw = this.#draw(`backup/${midnight}`);
        const ms = midnight + hour * 3_600_000 + draw.number(2, 9) * 60_000;
        const size = base + Math.floor((midnight - Date.UTC(2025, 0, 1)) / dayMs) * 0.7 + draw.number(0, 3);
        const day = new Date(midnight).toISOString().slice(0, 10);
        return {
          file: `${project}-${day}.sql.gz`,
          host: database.name,
          ms,
          time: iso(ms),
          size: `${size.toFixed(0)} MB`,
          sha256: draw.hex(64),
        };
      })
      .filter(({ ms }) => ms < this.#nowMs());
  }

  signIns() {
    const { people } = this.#story;
    if (people.length === 0) return [];
    const network = (this.#story.hosts[0]?.address ?? '10.0.0.1').replace(/\.\d+$/, '');
    const now = this.#nowMs();
    const found = [];
    for (let hour = Math.floor(now / 3_600_000); found.length < 8; hour -= 1) {
      const draw = this.#draw(`sign-in/${hour}`);
      const ofDay = hour % 24;
      if (!draw.chance(ofDay >= 6 && ofDay <= 18 ? 0.6 : 0.06)) continue;
      const ms = hour * 3_600_000 + draw.number(0, 3599) * 1000;
      if (ms >= now) continue;
      const { name, login } = draw.one(people);
      const how = draw.one(['LDAP', 'LDAP', 'LDAP', 'local']);
      found.push({ time: iso(ms), name, login, how, address: `${network}.${draw.number(64, 250)}` });
    }
    return found;
  }

  settings() {
    const { project, domain, internalDomain } = this.#story;
    const draw = this.#draw('settings');
    const hidden = '********';
    const host = (role: string) => `${this.#host(role).name}.${internalDomain}`;
    const base = internalDomain
      .split('.')
      .map((part) => `dc=${part}`)
      .join(',');
    const group = (name: string, values: Record<string, string>) => ({
      name,
      values: Object.entries(values).map(([key, value]) => ({ key, value })),
    });
    return [
      group('database', {
        DATABASE_URL: `postgres://${project}_app:${hidden}@${host('database')}:5432/${project}`,
        DATABASE_POOL: String(draw.one([10, 20, 25, 40])),
        REDIS_URL: `redis://:${hidden}@${host('cache')}:6379/${draw.number(0, 3)}`,
      }),
      group('directory', {
        LDAP_URI: `ldaps://ldap.${internalDomain}:636`,
        LDAP_BASE_DN: `ou=people,${base}`,
        LDAP_BIND_DN: `cn=${project}-console,ou=services,${base}`,
        LDAP_BIND_PASSWORD: hidden,
      }),
      group('mail', {
        SMTP_HOST: host('mail'),
        SMTP_USER: `${project}@${domain}`,
        SMTP_PASSWORD: hidden,
        MAIL_FROM: `noreply@${domain}`,
      }),
      group('storage', {
        S3_BUCKET: `${project}-backup-${draw.one(['prod', 'eu', 'main'])}`,
        S3_ACCESS_KEY_ID: `AKIA${hidden}${draw.hex(4).toUpperCase()}`,
        S3_SECRET_ACCESS_KEY: hidden,
        BACKUP_RETENTION_DAYS: '35',
      }),
      group('sessions', {
        SESSION_SECRET: hidden,
        SESSION_LIFETIME_MINUTES: '30',
        ALLOWED_NETWORKS: `${(this.#story.hosts[0]?.address ?? '10.0.0.1').replace(/\.\d+$/, '.0')}/24`,
      }),
    ];
  }

  tiles() {
    const hosts = this.hosts();
    return [
      { name: 'hosts', value: String(hosts.length) },
      { name: 'warnings', value: String(hosts.filter(({ isBusy }) => isBusy).length) },
      { name: 'users', value: String(this.#story.people.length) },
      { name: 'backup', value: this.backups()[0]?.time.slice(5) ?? '–' },
    ];
  }

  /** Everybody as a table, as spreadsheets read it. */
  csv(): string {
    const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const rows = this.users().map(({ login, name, title, email, group, isActive }) =>
      [login, name, title, email, group, isActive ? 'active' : 'locked'].map(cell).join(','),
    );
    return `${['login,name,position,email,group,state', ...rows].join('\r\n')}\r\n`;
  }

  #host(role: string): StoryHost {
    const { hosts, hostname } = this.#story;
    return (
      hosts.find((host) => host.role === role) ?? hosts[0] ?? { role, name: hostname, address: '10.0.0.5' }
    );
  }

  #draw(label: string): Drawing {
    return new Drawing(this.#story.seed, `console/${label}`);
  }
}
