import { createHash } from 'node:crypto';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Inhabitants } from './accounts.js';
import { filePiece, type Piece } from './piece.js';

/** The files of /etc that the engine would write itself, as a server of the story has them. */
export function namingPieces(story: DecoyStory, modified: Date): Piece[] {
  const { hostname, internalDomain, hosts } = story;
  const resolver = hosts.find(({ role }) => /dns|gateway|router/u.test(role)) ?? hosts[0];
  const others = hosts.filter(({ name }) => name !== hostname);
  const lines = [
    '127.0.0.1\tlocalhost',
    `127.0.1.1\t${hostname}.${internalDomain}\t${hostname}`,
    '',
    ...others.map(({ address, name }) => `${address}\t${name}.${internalDomain} ${name}`),
    '',
    '::1     localhost ip6-localhost ip6-loopback',
    'ff02::1 ip6-allnodes',
    'ff02::2 ip6-allrouters',
  ];
  return [
    filePiece('etc/hostname', `${hostname}\n`, modified),
    filePiece('etc/hosts', `${lines.join('\n')}\n`, modified),
    filePiece(
      'etc/resolv.conf',
      // No route leads there: a lookup fails at once.
      `search ${internalDomain}\nnameserver ${resolver?.address ?? '127.0.0.1'}\noptions timeout:1 attempts:1\n`,
      modified,
    ),
  ];
}

/** Users, and what else the story says in /etc and /var/mail. */
export function storyPieces(story: DecoyStory, inhabitants: Inhabitants, modified: Date): Piece[] {
  const { passwd, group, shadow } = inhabitants;
  const shadowGroup = { uid: 0, gid: groupId(group, 'shadow') };
  const machine = createHash('sha256').update(`machine of ${story.seed}`).digest('hex').slice(0, 32);
  return [
    filePiece('etc/passwd', passwd, modified),
    filePiece('etc/group', group, modified),
    filePiece('etc/shadow', shadow, modified, 0o640, shadowGroup),
    filePiece('etc/machine-id', `${machine}\n`, modified, 0o444),
    filePiece('etc/mailname', `${story.hostname}.${story.internalDomain}\n`, modified),
    filePiece('var/mail/root', mail(story, modified), modified, 0o660, {
      uid: 0,
      gid: groupId(group, 'mail'),
    }),
  ];
}

/** Number of a group; 0 where there is none. */
export function groupId(group: string, name: string): number {
  return Number(new RegExp(`^${name}:[^:]*:(\\d+):`, 'mu').exec(group)?.[1] ?? 0);
}

function mail({ hostname, internalDomain, project }: DecoyStory, at: Date): string {
  const host = `${hostname}.${internalDomain}`;
  const date = at.toUTCString().replace('GMT', '+0000');
  return [
    `From root@${host} ${at.toString().slice(0, 24)}`,
    'Return-path: <root@localhost>',
    `Date: ${date}`,
    `From: root@${host} (Cron Daemon)`,
    `To: root@${host}`,
    `Subject: Cron <root@${hostname}> /root/scripts/backup.sh`,
    '',
    `pg_dump: saving database definition of ${project}`,
    `rsync: connection unexpectedly closed (0 bytes received so far) [sender]`,
    '',
    '',
  ].join('\n');
}
