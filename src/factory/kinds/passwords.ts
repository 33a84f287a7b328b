import { dayBefore } from '../ages.js';
import { alphabets, generatedPassword, inventedPassword, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** An administrator's notes with the passwords of everything. */
export const passwords: TrapKind = {
  name: 'passwords',
  summary: "an administrator's notes with the passwords of everything",
  mode: readableByAll,
  relativePath: () => 'passwords.txt',
  async make({ persona, times, templates }) {
    const story = storyteller(persona.seed, 'passwords');
    const colleagues = persona.people.filter(
      (one) => one.position.team === 'it' && one !== persona.administrator,
    );
    const secrets = {
      root: inventedPassword(),
      rootOld: inventedPassword(),
      domainAdministrator: inventedPassword(),
      database: generatedPassword(20),
      databaseReadOnly: generatedPassword(),
      replication: generatedPassword(),
      cache: randomText(alphabets.alphanumeric, 32),
      mail: inventedPassword(),
      files: inventedPassword(),
      backup: generatedPassword(24),
      continuousIntegration: inventedPassword(),
      monitoring: inventedPassword(),
      gateway: generatedPassword(18),
      gatewayShared: randomText(alphabets.alphanumeric, 28),
      wireless: inventedPassword(),
      switches: inventedPassword(),
      registrar: generatedPassword(),
      payroll: inventedPassword(),
    };
    const text = templates.text('passwords/passwords.txt.njk', {
      persona,
      secrets,
      colleague: story.helpers.arrayElement(colleagues),
      // Drawn back from the file's own date, so that no note is younger than the file.
      today: dayBefore(times.modifiedAt, 0),
      recently: dayBefore(times.modifiedAt, story.number.int({ min: 12, max: 60 })),
      earlier: dayBefore(times.modifiedAt, story.number.int({ min: 90, max: 200 })),
      longAgo: dayBefore(times.modifiedAt, story.number.int({ min: 300, max: 600 })),
      expires: story.number.int({ min: 60, max: 90 }),
      phoneExtension: story.number.int({ min: 210, max: 489 }),
      accountNumber: story.string.numeric({ length: 8, allowLeadingZeros: false }),
      room: story.number.int({ min: 101, max: 340 }),
    });
    return { content: Buffer.from(text), secrets: labelled(secrets) };
  },
};
