import type { StoryAccount } from '../../core/decoy/decoy-story.js';

/** Somebody who can log in inside the sandbox. */
export interface Account {
  readonly login: string;
  readonly uid: number;
  readonly gid: number;
  /** Absolute path of the home folder. */
  readonly home: string;
  readonly fullName: string;
}

/** The user database of a sandbox: the host's own users with the story's beside them. */
export interface Inhabitants {
  readonly accounts: readonly Account[];
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
  /** User and group id of a service's user; undefined where there is none. */
  owner(login: string): { readonly uid: number; readonly gid: number } | undefined;
}

type Line = readonly string[];

// What useradd takes (NAME_REGEX of adduser.conf), without capitals.
const loginPattern = /^[a-z_][a-z0-9_-]{0,31}$/u;
const homePattern = /^\/(home|srv|opt|var\/lib)\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/u;

/** Users of services that the story runs, and that a host without them has not. */
const serviceUsers: readonly (readonly [login: string, home: string, shell: string])[] = [
  ['messagebus', '/nonexistent', '/usr/sbin/nologin'],
  ['postgres', '/var/lib/postgresql', '/bin/bash'],
  ['redis', '/var/lib/redis', '/usr/sbin/nologin'],
  ['www-data', '/var/www', '/usr/sbin/nologin'],
];

/**
 * Joins the story's accounts to the host's user database: new ones from uid 1000 up where the host has none,
 * `root` and users that the host has keep their number.
 */
export function inhabit(passwd: string, group: string, story: readonly StoryAccount[]): Inhabitants {
  const users = linesOf(passwd, 7);
  const groups = linesOf(group, 4);
  for (const [login, home, shell] of serviceUsers)
    if (!users.some(([name]) => name === login))
      addUser(users, groups, { login, fullName: '', home, shell }, 110);
  const accounts = takeIn(users, groups, story);
  const first = accounts.find(({ uid }) => uid >= 1000);
  if (first !== undefined) for (const name of ['adm', 'sudo', 'wheel']) join(groups, name, first.login);
  return {
    accounts,
    passwd: textOf(users),
    group: textOf(groups),
    shadow: users.map((line) => shadowLine(line[0] ?? '')).join(''),
    owner: (login) => {
      const line = users.find(([name]) => name === login);
      return line && { uid: Number(line[2]), gid: Number(line[3]) };
    },
  };
}

function takeIn(users: Line[], groups: Line[], story: readonly StoryAccount[]): Account[] {
  const accounts: Account[] = [];
  for (const { login, fullName } of story) {
    if (!loginPattern.test(login) || accounts.some((known) => known.login === login)) continue;
    const wanted = {
      login,
      fullName: fullName.replaceAll(/[:\n]/gu, ''),
      home: `/home/${login}`,
      shell: '/bin/bash',
    };
    const place = users.findIndex(([name]) => name === login);
    if (place === -1) addUser(users, groups, wanted, 1000);
    else users[place] = withShell(users[place] ?? [], wanted.home);
    const line = users.find(([name]) => name === login) ?? [];
    accounts.push({ ...wanted, uid: Number(line[2]), gid: Number(line[3]), home: line[5] ?? wanted.home });
  }
  return accounts;
}

// No hash at all: whoever cracks one would find that it opens nothing. Log in is by key, as on many servers.
function shadowLine(login: string): string {
  return `${login}:${login === 'root' ? '*' : '!'}:19858:0:99999:7:::\n`;
}

function linesOf(text: string, fields: number): Line[] {
  const lines = text.split('\n').map((line) => line.split(':'));
  // passwd(5) still allows a password hash in the second field.
  return lines.filter((line) => line.length === fields).map((line) => line.with(1, 'x'));
}

function textOf(lines: readonly Line[]): string {
  return lines.map((line) => `${line.join(':')}\n`).join('');
}

function addUser(
  users: Line[],
  groups: Line[],
  wanted: Omit<Account, 'uid' | 'gid'> & { shell: string },
  from: number,
) {
  const { login, fullName, home, shell } = wanted;
  let id = from;
  const taken = new Set([...users, ...groups].map(([, , number]) => Number(number)));
  while (taken.has(id)) id += 1;
  users.push([login, 'x', String(id), String(id), fullName === '' ? '' : `${fullName},,,`, home, shell]);
  groups.push([login, 'x', String(id), '']);
}

function withShell(line: Line, home: string): Line {
  const known = line[5] ?? '';
  const kept = known === '/root' || homePattern.test(known) ? known : home;
  return [...line.slice(0, 5), kept, '/bin/bash'];
}

function join(groups: Line[], name: string, login: string): void {
  const place = groups.findIndex(([known]) => known === name);
  const line = groups[place];
  if (line === undefined) return;
  const members = (line[3] ?? '').split(',').filter((member) => member !== '');
  groups[place] = [...line.slice(0, 3), [...new Set([...members, login])].join(',')];
}
