import { posix } from 'node:path';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Account } from './accounts.js';
import { Draw } from './draw.js';
import { filePiece, folderPiece, type Piece } from './piece.js';
import { projectFiles } from './project-files.js';
import { shellHistory } from './shell-history.js';
import { noteText } from './story-words.js';

const dayMs = 86_400_000;

/** What a home is furnished from. */
export interface HomeFacts {
  readonly story: DecoyStory;
  /** Files of /etc/skel, by name. */
  readonly skeleton: ReadonlyMap<string, Buffer>;
  /** When the sandbox is made. */
  readonly now: Date;
}

/** The home folder of an account: what its user would have left there, aged. */
export function homePieces(account: Account, { story, skeleton, now }: HomeFacts): Piece[] {
  const draw = new Draw(story.seed, `home of ${account.login}`);
  const home = account.home.slice(1);
  const ago = (least: number, most: number) =>
    new Date(now.getTime() - draw.int(least * dayMs, most * dayMs));
  const file = (name: string, text: string | Buffer, modified: Date, mode = 0o644) =>
    filePiece(posix.join(home, name), text, modified, mode, account);
  const folder = (name: string, modified: Date, mode = 0o755) =>
    folderPiece(posix.join(home, name), mode, modified, account);

  const made = ago(300, 500);
  const pieces: Piece[] = [];
  for (const [name, content] of skeleton) pieces.push(file(name, content, made));
  pieces.push(file('.bash_history', shellHistory(account, story), ago(0, 3), 0o600));
  pieces.push(folder('.ssh', made, 0o700));
  pieces.push(file('.ssh/known_hosts', knownHosts(story, draw), ago(20, 90), 0o600));
  pieces.push(folder('.cache', made, 0o700), file('.cache/motd.legal-displayed', '', made));
  pieces.push(file('.selected_editor', 'SELECTED_EDITOR="/usr/bin/vim.basic"\n', ago(90, 280)));
  pieces.push(file('notes.txt', noteText(story, draw), ago(2, 40), 0o600));
  pieces.push(folder('scripts', ago(30, 60)));
  pieces.push(file('scripts/backup.sh', backupScript(story), ago(60, 200), 0o755));
  pieces.push(file('scripts/check.sh', checkScript(story), ago(30, 60), 0o755));
  if (account.login !== 'root') {
    pieces.push(folder(story.project, ago(1, 6)));
    for (const [name, text] of projectFiles(story))
      pieces.push(text === undefined ? folder(name, ago(6, 30)) : file(name, text, ago(6, 120)));
  }
  pieces.push(folderPiece(home, 0o700, ago(0, 2), account));
  return pieces;
}

function knownHosts(story: DecoyStory, draw: Draw): string {
  // string "ssh-ed25519", then the key of 32 bytes: RFC 8709.
  const prefix = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
  return story.hosts
    .map(({ name, address }) => {
      const key = Buffer.concat([prefix, draw.bytes(32)]).toString('base64');
      return `${name},${address} ssh-ed25519 ${key}\n`;
    })
    .join('');
}

function backupScript({ project, hosts, internalDomain }: DecoyStory): string {
  const target = hosts.find(({ role }) => role.includes('backup')) ?? hosts.at(-1);
  return [
    '#!/bin/bash',
    'set -euo pipefail',
    '',
    `DEST=${target?.name ?? 'backup'}.${internalDomain}:/srv/backup/${project}`,
    'STAMP=$(date +%F)',
    '',
    `pg_dump --format=custom ${project} > /var/tmp/${project}-$STAMP.dump`,
    `rsync -a --partial /var/tmp/${project}-$STAMP.dump "$DEST/"`,
    `rm -f /var/tmp/${project}-$STAMP.dump`,
    '',
  ].join('\n');
}

function checkScript({ hosts, internalDomain }: DecoyStory): string {
  return [
    '#!/bin/bash',
    '# quick look at who is up',
    `for host in ${hosts.map(({ name }) => name).join(' ')}; do`,
    `  timeout 3 bash -c "</dev/tcp/$host.${internalDomain}/22" 2>/dev/null && echo "$host ok" || echo "$host DOWN"`,
    'done',
    '',
  ].join('\n');
}
