import { servicePassword } from '../forms/service-password.js';
import { inventedPassword, labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The options of MySQL's client programs, with passwords. */
export const myCnf: TrapKind = {
  name: 'my-cnf',
  summary: "options of MySQL's clients with passwords",
  mode: readableByOwner,
  relativePath: () => '.my.cnf',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'my-cnf');
    const secrets = { client: inventedPassword(), dump: servicePassword() };
    const user = story.helpers.arrayElement([
      persona.administrator.login,
      `${persona.project}_admin`,
      'dbadmin',
      `${persona.project}_web`,
    ]);
    const values = {
      persona,
      secrets,
      decoy,
      user,
      dumpUser: story.helpers.arrayElement(['backup', 'dump', 'mysqlbackup', `${persona.project}_dump`]),
      clientOptions: story.helpers.arrayElements(
        [
          `database=${persona.project}`,
          'default-character-set=utf8mb4',
          'ssl-mode=PREFERRED',
          'connect-timeout=5',
        ],
        { min: 0, max: 2 },
      ),
      dumpOptions: story.helpers.arrayElements(
        ['single-transaction', 'quick', 'routines', 'events', 'max_allowed_packet=256M'],
        {
          min: 1,
          max: 4,
        },
      ),
      prompt:
        story.helpers.maybe(() =>
          story.helpers.arrayElement(['\\u@\\h [\\d]> ', '(\\u@\\h) [\\d]> ', '\\h:\\d> ']),
        ) ?? '',
    };
    return {
      content: Buffer.from(templates.text('my-cnf/my.cnf.njk', values)),
      secrets: labelled(secrets),
      // Nothing answers there as MySQL; whoever finds a password tries it on the shell of the same host.
      logins: [{ service: 'ssh', user, password: secrets.client }],
    };
  },
};
