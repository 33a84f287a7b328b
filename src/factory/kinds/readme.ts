import { dayBefore } from '../ages.js';
import { decoyUrl } from '../decoy-url.js';
import { generatedPassword, inventedPassword, labelled } from '../secrets.js';
import { isTypable } from '../shell-words.js';
import { technician } from '../ssh-owner.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** Notes for whoever takes over, which say where everything lies. */
export const readme: TrapKind = {
  name: 'readme',
  summary: 'notes for a colleague that say where everything lies',
  mode: readableByAll,
  relativePath: ({ seed }) =>
    storyteller(seed, 'readme').helpers.arrayElement([
      'README.txt',
      'README.md',
      'NOTES.txt',
      'notes.md',
      'READ_ME_FIRST.txt',
      'handover.txt',
    ]),
  async make({ persona, path, times, templates, decoy, neighbours }) {
    const story = storyteller(persona.seed, `readme ${path}`);
    const secrets = {
      http: generatedPassword(story.number.int({ min: 10, max: 16 })),
      ssh: inventedPassword(persona.locale),
    };
    const author = technician(persona, path);
    // Not the author's own account, whose password is another's business.
    const account = storyteller(persona.seed, `stand-in ${path}`).helpers.arrayElement([
      'oncall',
      'duty',
      'standby',
      'itops',
      'service',
    ]);
    const colleagues = persona.people.filter((person) => person !== author && person.position.team === 'it');
    const others = neighbours.filter((one) => one.path !== path && isTypable(one.path));
    const text = templates.text('readme/readme.njk', {
      persona,
      path,
      secrets,
      author,
      account,
      colleague: story.helpers.arrayElement(colleagues.length > 0 ? colleagues : persona.people),
      neighbours: story.helpers.shuffle(others),
      decoy,
      url: decoyUrl(decoy),
      date: dayBefore(times.modifiedAt, story.number.int(9)),
    });
    return {
      content: Buffer.from(text.replaceAll(/\n{3,}/g, '\n\n')),
      secrets: labelled(secrets),
      logins: [
        { service: 'http', user: account, password: secrets.http },
        { service: 'ssh', user: account, password: secrets.ssh },
      ],
    };
  },
};
