import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import { Draw } from './draw.js';
import { type LoginRecord, packLoginRecords } from './login-records.js';
import type { PastLogin } from './past-logins.js';
import { filePiece, folderPiece, type Piece } from './piece.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface LogFacts {
  readonly story: DecoyStory;
  readonly logins: readonly PastLogin[];
  readonly now: Date;
  /** When the host started. */
  readonly booted: Date;
  /** Release of the kernel, as `uname -r`. */
  readonly kernel: string;
  /** Group that may read the logs, by number. */
  readonly admGid: number;
}

interface LogLine {
  readonly at: Date;
  readonly text: string;
}

/** /var/log and the login records, as a server that has been up for some days has them. */
export function logPieces(facts: LogFacts): Piece[] {
  const { now, booted, story, admGid } = facts;
  const reader = { uid: 0, gid: admGid };
  const text = (lines: readonly LogLine[]) =>
    lines
      .filter(({ at }) => at <= now)
      .sort((one, other) => one.at.getTime() - other.at.getTime())
      .map(({ at, text: line }) => `${stamp(at)} ${story.hostname} ${line}\n`)
      .join('');
  const earlier = new Date(now.getTime() - 40 * minuteMs);
  return [
    filePiece('var/log/auth.log', text(authLines(facts)), earlier, 0o640, reader),
    filePiece('var/log/syslog', text(systemLines(facts)), earlier, 0o640, reader),
    filePiece('var/log/wtmp', packLoginRecords(loginRecords(facts)), earlier, 0o664),
    filePiece('var/log/btmp', '', booted, 0o660),
    filePiece('var/log/lastlog', '', booted, 0o664),
    folderPiece('var/log/apt', 0o755, booted),
    presentLogins(facts, []),
    folderPiece('run/sshd', 0o755, booted),
    filePiece('run/sshd.pid', '668\n', booted),
    filePiece('run/crond.pid', '561\n', booted),
    folderPiece('run/lock', 0o1777, booted),
    folderPiece('run/user', 0o755, booted),
    folderPiece('var/log', 0o755, earlier),
  ];
}

function authLines({ logins, story, now }: LogFacts): LogLine[] {
  const lines = logins.flatMap(({ account, pid, from, port, at, until }) => {
    const session = `pam_unix(sshd:session): session`;
    const who = `user ${account.login}(uid=${account.uid})`;
    return [
      { at, text: `sshd[${pid}]: Accepted publickey for ${account.login} from ${from} port ${port} ssh2` },
      { at, text: `sshd[${pid}]: ${session} opened for ${who} by (uid=0)` },
      { at: until, text: `sshd[${pid}]: ${session} closed for user ${account.login}` },
    ];
  });
  return [...lines, ...cronLines(new Draw(story.seed, 'cron in auth.log'), now)];
}

function cronLines(draw: Draw, now: Date): LogLine[] {
  return hours(now, 36).flatMap((at) => {
    const pid = draw.int(2000, 30_000);
    const text = `CRON[${pid}]: pam_unix(cron:session): session`;
    return [
      { at, text: `${text} opened for user root(uid=0) by (uid=0)` },
      { at, text: `${text} closed for user root` },
    ];
  });
}

function systemLines({ story, now, booted, kernel }: LogFacts): LogLine[] {
  const draw = new Draw(story.seed, 'syslog');
  const start = ['ssh.service - OpenBSD Secure Shell server', 'cron.service - Regular background program'];
  return [
    { at: booted, text: `kernel: [    0.000000] Linux version ${kernel}` },
    ...start.map((unit) => ({ at: new Date(booted.getTime() + 4000), text: `systemd[1]: Started ${unit}.` })),
    ...hours(now, 24).map((at) => ({
      at,
      text: `CRON[${draw.int(2000, 30_000)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
    })),
    ...hours(now, 24).map((at) => ({
      at: new Date(at.getTime() + draw.int(1, 20) * minuteMs),
      text: `postgres[${draw.int(700, 900)}]: checkpoint complete: wrote ${draw.int(12, 900)} buffers`,
    })),
  ];
}

/** At 17 minutes past each hour, where Debian's crontab has run-parts. */
function hours(now: Date, count: number): Date[] {
  const last = Math.floor(now.getTime() / hourMs) * hourMs + 17 * minuteMs + 1000;
  return Array.from({ length: count }, (_, back) => new Date(last - back * hourMs));
}

/** Who is logged in, as `who` and `w` read it. */
export function presentLogins(
  facts: Pick<LogFacts, 'booted' | 'kernel'>,
  logins: readonly LoginRecord[],
): Piece {
  return filePiece('run/utmp', packLoginRecords([bootRecord(facts), ...logins]), facts.booted, 0o664);
}

function bootRecord({ booted, kernel }: Pick<LogFacts, 'booted' | 'kernel'>): LoginRecord {
  return { type: 'boot', pid: 0, line: '~', user: 'reboot', host: kernel, at: booted };
}

function loginRecords(facts: LogFacts): LoginRecord[] {
  const records = facts.logins.flatMap(({ account, pid, from, at, until }): LoginRecord[] => [
    { type: 'user', pid, line: 'pts/0', user: account.login, host: from, at },
    { type: 'dead', pid, line: 'pts/0', user: '', host: '', at: until },
  ]);
  return [bootRecord(facts), ...records].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** As rsyslog's traditional format has it, in local time. */
function stamp(at: Date): string {
  const [, month, day, , time] = /^\w+ (\w+) (\d+) (\d+) ([\d:]+)/u.exec(at.toString()) ?? [];
  return `${month} ${String(Number(day)).padStart(2)} ${time}`;
}
