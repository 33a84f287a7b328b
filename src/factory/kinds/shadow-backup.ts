import type { Faker } from '@faker-js/faker';
import { yescryptHash } from '../forms/yescrypt.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

const dayMs = 86_400_000;
// What stands for a password that nobody has differs by who made the account: base-passwd writes `*`,
// systemd-sysusers `!*`, adduser in a package's script `!`; the last two leave the ages empty.
const ofDebian =
  'daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody'.split(' ');
const ofSystemd = ['systemd-network', 'systemd-timesync'];
const ofPackages = 'messagebus sshd postgres redis ntpsec tcpdump _chrony mysql postfix'.split(' ');

/** The copy of /etc/shadow that cron leaves in /var/backups: hashes of those who may log in. */
export const shadowBackup: TrapKind = {
  name: 'shadow-backup',
  summary: 'backup of the hashed passwords of a host',
  mode: readableByOwner,
  relativePath: () => 'shadow.bak',
  async make({ persona, times, templates }) {
    const story = storyteller(persona.seed, 'shadow-backup');
    const today = Math.floor(times.modifiedAt.getTime() / dayMs);
    const installed = today - story.number.int({ min: 60, max: 900 });
    const people = story.helpers.arrayElements(
      persona.people.filter((one) => ['it', 'engineering'].includes(one.position.team)),
      { min: 2, max: 5 },
    );
    const persons = ['root', ...people.map((one) => one.login), ...serviceLogins(story)].map((user) => ({
      user,
      hash: yescryptHash(),
      changed: story.number.int({ min: installed, max: today }),
    }));
    const locked = (users: readonly string[], mark: string) =>
      users.map((user) => ({ user, hash: mark, changed: installed }));
    const packages = ofPackages.filter(() => story.datatype.boolean());
    const [root, ...others] = persons;
    const accounts = [
      root,
      ...locked(ofDebian, '*'),
      ...locked(ofSystemd, '!*'),
      ...locked(packages, '!'),
      ...others,
    ];
    return {
      content: Buffer.from(templates.text('shadow-backup/shadow.njk', { accounts })),
      secrets: persons.map(({ user, hash }) => ({ label: user, value: hash })),
    };
  },
};

function serviceLogins(story: Faker): string[] {
  return story.helpers.arrayElements(['deploy', 'backup-ssh', 'ansible', 'git'], { min: 0, max: 2 });
}
