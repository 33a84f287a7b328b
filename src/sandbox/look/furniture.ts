import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Account, Inhabitants } from './accounts.js';
import { homePieces } from './home-files.js';
import { logPieces } from './log-files.js';
import { type PastLogin, pastLogins } from './past-logins.js';
import { filePiece, type Piece } from './piece.js';
import { groupId } from './story-etc.js';

export interface FurnitureFacts {
  readonly story: DecoyStory;
  readonly inhabitants: Inhabitants;
  readonly skeleton: ReadonlyMap<string, Buffer>;
  /** When the sandbox was made; everything is older. */
  readonly now: Date;
  /** When the host started. */
  readonly booted: Date;
  /** As `uname -snrvm`, without the host's name. */
  readonly kernel: {
    readonly name: string;
    readonly release: string;
    readonly version: string;
    readonly machine: string;
  };
}

/** What fills the writable folders of a sandbox: homes and logs. The same facts give the same bytes. */
export function furniture(facts: FurnitureFacts): Piece[] {
  const { story, inhabitants, now, booted, kernel, skeleton } = facts;
  const admGid = groupId(inhabitants.group, 'adm');
  const logins = pastLogins(inhabitants.accounts, story, now);
  const pieces = [
    ...logPieces({ story, logins, now, booted, kernel: kernel.release, admGid }),
    filePiece(
      'run/motd.dynamic',
      `${kernel.name} ${story.hostname} ${kernel.release} ${kernel.version} ${kernel.machine}\n`,
      booted,
    ),
    ...withRoot(inhabitants.accounts).flatMap((account) => homePieces(account, { story, skeleton, now })),
  ];
  // Folders after what lies in them, or it would make them look new.
  return pieces.sort((one, other) => rank(one) - rank(other));
}

function rank({ path, content }: Piece): number {
  return content === undefined ? 1000 - path.split('/').length : 0;
}

/** What sshd says of the login before, in its words; empty when there is none. */
export function lastLoginLine(facts: FurnitureFacts, login: string): string {
  const { story, inhabitants, now } = facts;
  const last: PastLogin | undefined = pastLogins(inhabitants.accounts, story, now)
    .filter(({ account }) => account.login === login)
    .at(-1);
  // "Fri Nov 20 2026 09:12:33", put in asctime's order.
  const [, day, date, year, time] = /^(\w+) (\w+ \d+) (\d+) ([\d:]+)/u.exec(last?.at.toString() ?? '') ?? [];
  return last === undefined
    ? ''
    : `Last login: ${day} ${date?.replace(' 0', '  ')} ${time} ${year} from ${last.from}`;
}

const root: Account = { login: 'root', uid: 0, gid: 0, home: '/root', fullName: 'root' };

function withRoot(accounts: readonly Account[]): readonly Account[] {
  return accounts.some(({ uid }) => uid === 0) ? accounts : [root, ...accounts];
}
