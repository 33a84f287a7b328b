import { githubToken } from '../forms/github.js';
import { servicePassword } from '../forms/service-password.js';
import { labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The logins that curl, ftp and Git take for a host. */
export const netrc: TrapKind = {
  name: 'netrc',
  summary: 'logins of curl, ftp and Git by host',
  mode: readableByOwner,
  relativePath: () => '.netrc',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'netrc');
    const secrets = { artifacts: servicePassword(), github: githubToken(), mirror: servicePassword() };
    const artifacts = {
      host: decoy.host,
      login: story.helpers.arrayElement(['artifacts', 'svc-artifacts', 'readonly', 'builder', 'downloads']),
      password: secrets.artifacts,
    };
    const machines = story.helpers.shuffle<{ host: string; login: string; password: string }>([
      artifacts,
      { host: 'github.com', login: persona.developer.login, password: secrets.github },
      {
        host: `${story.helpers.arrayElement(['mirror', 'ftp', 'dav', 'repo'])}.${persona.internalDomain}`,
        login: persona.administrator.login,
        password: secrets.mirror,
      },
    ]);
    const indent = story.helpers.arrayElement(['  ', '\t', '    ', '']);
    const oneLine = story.datatype.boolean();
    return {
      content: Buffer.from(templates.text('netrc/netrc.njk', { machines, indent, oneLine })),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user: artifacts.login, password: artifacts.password }],
    };
  },
};
