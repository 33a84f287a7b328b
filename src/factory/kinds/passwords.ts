import { dayBefore } from '../ages.js';
import { backupPassphraseOf } from '../backup-passphrase.js';
import { decoyUrl, urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { alphabets, generatedPassword, inventedPassword, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** An administrator's notes with the passwords of everything; four of them open the decoy. */
export const passwords: TrapKind = {
  name: 'passwords',
  summary: "an administrator's notes with the passwords of everything",
  mode: readableByAll,
  relativePath: () => 'passwords.txt',
  async make({ persona, path, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'passwords');
    const colleagues = persona.people.filter(
      (one) => one.position.team === 'it' && one !== persona.administrator,
    );
    const secrets = {
      root: inventedPassword(persona.locale),
      rootOld: inventedPassword(persona.locale),
      domainAdministrator: inventedPassword(persona.locale),
      database: generatedPassword(20),
      databaseReadOnly: generatedPassword(),
      replication: generatedPassword(),
      cache: randomText(alphabets.alphanumeric, 32),
      mail: inventedPassword(persona.locale),
      files: inventedPassword(persona.locale),
      backupLogin: inventedPassword(persona.locale),
      continuousIntegration: inventedPassword(persona.locale),
      console: generatedPassword(story.number.int({ min: 12, max: 18 })),
      monitoring: inventedPassword(persona.locale),
      gateway: generatedPassword(18),
      gatewayShared: randomText(alphabets.alphanumeric, 28),
      wireless: inventedPassword(persona.locale),
      switches: inventedPassword(persona.locale),
      registrar: generatedPassword(),
      payroll: inventedPassword(persona.locale),
    };
    const role = story.helpers.arrayElement([
      'postgres',
      `${persona.project}_admin`,
      `${persona.project}_super`,
    ]);
    const operator = story.helpers.arrayElement(['ops', 'sysop', 'sysadmin', 'itadmin']);
    const console = story.helpers.arrayElement(['admin', 'webadmin', 'it', 'root']);
    const cacheUser = story.helpers.arrayElement(['admin', 'ops', 'root', 'sysadmin']);
    const text = templates.text('passwords/passwords.txt.njk', {
      persona,
      path,
      secrets: { ...secrets, backup: backupPassphraseOf(persona) },
      decoy,
      host: urlHost(decoy.host),
      url: decoyUrl(decoy),
      role,
      operator,
      console,
      cacheUser,
      deployment: deploymentOf(persona),
      colleague: story.helpers.arrayElement(colleagues),
      // Drawn back from the file's own date, so that no note is younger than the file.
      today: dayBefore(times.modifiedAt, 0),
      recently: dayBefore(times.modifiedAt, story.number.int({ min: 12, max: 60 })),
      earlier: dayBefore(times.modifiedAt, story.number.int({ min: 90, max: 200 })),
      longAgo: dayBefore(times.modifiedAt, story.number.int({ min: 300, max: 600 })),
      expires: story.number.int({ min: 60, max: 90 }),
      accountNumber: story.string.numeric({ length: 8, allowLeadingZeros: false }),
      room: story.number.int({ min: 101, max: 340 }),
    });
    const used = labelled(secrets).filter(({ value }) => text.includes(value));
    return {
      content: Buffer.from(text.replaceAll(/\n{3,}/g, '\n\n')),
      secrets: used,
      logins: [
        { service: 'ssh', user: operator, password: secrets.backupLogin },
        { service: 'http', user: console, password: secrets.console },
        { service: 'postgres', user: role, password: secrets.database },
        { service: 'redis', user: cacheUser, password: secrets.cache },
      ],
    };
  },
};
