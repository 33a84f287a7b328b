import { deploymentOf } from '../deployment.js';
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
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'my-cnf');
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const hasDump = story.datatype.boolean({ probability: 0.7 });
    const secrets = { client: inventedPassword(persona.locale), ...(hasDump && { dump: servicePassword() }) };
    const { project } = persona;
    const user = choice('dbadmin', `${project}_sql`, 'mysqladm', `${project}_dba`, 'sqlroot');
    const values = {
      persona,
      path,
      secrets,
      hasDump,
      decoy,
      user,
      database: deploymentOf(persona).website,
      dumpUser: choice('backup', 'dump', 'mysqlbackup', `${project}_dump`),
      prompt: choice('\\u@\\h [\\d]> ', '(\\u@\\h) [\\d]> ', '\\h:\\d> '),
    };
    return {
      content: Buffer.from(templates.text('my-cnf/my.cnf.njk', values)),
      secrets: labelled(secrets),
      // Nothing answers there as MySQL; whoever finds a password tries it on the shell of the same host.
      logins: [{ service: 'ssh', user, password: secrets.client }],
    };
  },
};
