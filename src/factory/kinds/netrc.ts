import { randomUUID } from 'node:crypto';
import { deploymentOf } from '../deployment.js';
import { githubToken } from '../forms/github.js';
import { gitlabToken } from '../forms/gitlab.js';
import { servicePassword } from '../forms/service-password.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

interface Machine {
  readonly label: string;
  readonly host: string;
  readonly login: string;
  readonly password: string;
}

/** The logins that curl, ftp and Git take for a host. */
export const netrc: TrapKind = {
  name: 'netrc',
  summary: 'logins of curl, ftp and Git by host',
  mode: readableByOwner,
  relativePath: () => '.netrc',
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'netrc');
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const { administrator, developer, internalDomain, domain, project } = persona;
    const artifacts: Machine = {
      label: 'artifacts',
      host: decoy.host,
      login: choice('artifacts', 'svc-artifacts', 'readonly', 'builder', 'downloads'),
      password: servicePassword(),
    };
    const others: Machine[] = [
      { label: 'github', host: 'github.com', login: developer.login, password: githubToken() },
      {
        label: 'gitlab',
        host: deploymentOf(persona).gitlab,
        login: choice('oauth2', developer.login, administrator.login),
        password: gitlabToken(),
      },
      // Its command line writes the key of an account, a UUID, for two machines; this is the one of Git.
      { label: 'heroku', host: 'git.heroku.com', login: developer.email, password: randomUUID() },
      {
        label: 'mirror',
        host: `${choice('mirror', 'ftp', 'dav', 'repo')}.${choice(internalDomain, domain)}`,
        login: administrator.login,
        password: servicePassword(),
      },
      {
        label: 'packages',
        host: `${choice('nexus', 'pkg', 'artifactory', 'maven')}.${internalDomain}`,
        login: choice(project, `${project}-ci`, developer.login),
        password: servicePassword(),
      },
    ];
    const machines = story.helpers.shuffle([
      artifacts,
      ...story.helpers.arrayElements(others, { min: 1, max: 4 }),
    ]);
    const layout = choice('line', 'line', 'lines', 'lines', 'password below');
    const indent = choice('  ', '\t', '    ', '');
    const text = templates.text('netrc/netrc.njk', { persona, path, machines, layout, indent });
    return {
      content: Buffer.from(text),
      secrets: machines.map(({ label, password }) => ({ label, value: password })),
      logins: [{ service: 'http', user: artifacts.login, password: artifacts.password }],
    };
  },
};
