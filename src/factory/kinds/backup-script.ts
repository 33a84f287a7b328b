import { dirname } from 'node:path';
import { dayBefore } from '../ages.js';
import { backupPassphraseOf } from '../backup-passphrase.js';
import { decoyUrl, urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { isTypable, shellWord } from '../shell-words.js';
import { technician } from '../ssh-owner.js';
import { storyteller } from '../storyteller.js';
import type { TrapKind } from '../trap-kind.js';

const runByAll = 0o755;

/** The script of the nightly backup, with the passwords that it needs. */
export const backupScript: TrapKind = {
  name: 'backup-script',
  summary: 'script of the nightly backup, with the passwords it needs',
  mode: runByAll,
  relativePath: ({ seed, project }) =>
    storyteller(seed, 'backup script').helpers.arrayElement([
      'backup.sh',
      'bin/backup.sh',
      'scripts/nightly-backup.sh',
      `scripts/backup-${project}.sh`,
      'scripts/db-backup.sh',
    ]),
  async make({ persona, path, times, templates, decoy, neighbours }) {
    const story = storyteller(persona.seed, `backup ${path}`);
    const long = () => randomText(alphabets.alphanumeric, story.number.int({ min: 16, max: 28 }));
    const secrets = { postgres: long(), ssh: long(), http: long() };
    const others = neighbours.filter((one) => one.path !== path && isTypable(one.path));
    const folders = [...new Set(others.map((one) => dirname(one.path)))].filter((folder) => folder !== '/');
    const login = story.helpers.arrayElement(['backup', 'bkp', 'svc_backup', `${persona.project}-backup`]);
    const role = story.helpers.arrayElement(['backup', 'dump', `${persona.project}_backup`, 'pg_backup']);
    const text = templates.text('backup-script/backup.njk', {
      persona,
      path,
      // In quotes of the shell: none of them has a quote in it.
      secrets: { ...secrets, repository: backupPassphraseOf(persona) },
      login,
      role,
      decoy,
      host: urlHost(decoy.host),
      url: decoyUrl(decoy),
      deployment: deploymentOf(persona),
      folders: story.helpers.shuffle(folders).slice(0, 8).map(shellWord),
      files: story.helpers
        .shuffle(others)
        .slice(0, 6)
        .map((one) => shellWord(one.path)),
      author: technician(persona, path),
      written: dayBefore(times.modifiedAt, story.number.int({ min: 40, max: 500 })),
      changed: dayBefore(times.modifiedAt, 0),
    });
    return {
      content: Buffer.from(text.replaceAll(/\n{3,}/g, '\n\n')),
      secrets: labelled(secrets),
      logins: [
        { service: 'postgres', user: role, password: secrets.postgres },
        { service: 'ssh', user: login, password: secrets.ssh },
        { service: 'http', user: login, password: secrets.http },
      ],
    };
  },
};
