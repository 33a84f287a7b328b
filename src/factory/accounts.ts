import { readFile } from 'node:fs/promises';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** As the bytes are; text that is no UTF-8 is left out by whoever plants. */
  readonly home: string;
  readonly shell: string;
}

/** The users and groups of this host that stand in its files; directory services are not asked. */
export interface Accounts {
  readonly users: readonly Account[];
  /** Number by name. */
  readonly groups: ReadonlyMap<string, number>;
}

// login.defs(5): what useradd gives to people, and its end in Debian.
const firstPerson = 1000;
const lastPerson = 59_999;

/** Reads passwd(5) and group(5); what cannot be read counts as empty. */
export async function readAccounts(passwd = '/etc/passwd', group = '/etc/group'): Promise<Accounts> {
  const users = (await fieldsOf(passwd)).flatMap(([name, , uid, gid, , home, shell]): Account[] => {
    if (!name || !/^\d{1,10}$/.test(uid ?? '') || !home?.startsWith('/')) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home, shell: shell ?? '' }];
  });
  const groups = (await fieldsOf(group)).flatMap(([name, , gid]): [string, number][] =>
    name && /^\d{1,10}$/.test(gid ?? '') ? [[name, Number(gid)]] : [],
  );
  return { users, groups: new Map(groups) };
}

/** Whoever can log in: root and people. */
export function peopleOf({ users }: Accounts): Account[] {
  const mayLogIn = ({ shell }: Account) => shell !== '' && !/\/(?:nologin|false|sync)$/.test(shell);
  return users.filter(
    (user) => mayLogIn(user) && (user.uid === 0 || (user.uid >= firstPerson && user.uid <= lastPerson)),
  );
}

async function fieldsOf(path: string): Promise<string[][]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}
