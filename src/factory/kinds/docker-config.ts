import { accountsOf } from '../company-accounts.js';
import { urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { githubToken } from '../forms/github.js';
import { gitlabToken } from '../forms/gitlab.js';
import { servicePassword } from '../forms/service-password.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

interface Login {
  readonly label: string;
  readonly name: string;
  readonly user: string;
  readonly password: string;
}

/** The registries that Docker is logged in to; user and password stand there in base64. */
export const dockerConfig: TrapKind = {
  name: 'docker-config',
  summary: 'registry logins of Docker',
  mode: readableByOwner,
  relativePath: () => '.docker/config.json',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'docker-config');
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const { organisation } = accountsOf(persona);
    const { internalDomain, project } = persona;
    const { gitlab, imageRegistry } = deploymentOf(persona);
    const own: Login = {
      label: 'registry',
      name: `${urlHost(decoy.host)}:${decoy.ports.http}`,
      user: choice('registry', 'ci-push', 'docker', 'svc-registry', 'puller', 'harbor-ci'),
      password: servicePassword(),
    };
    const robot = `${organisation}-${choice('ci', 'bot', 'deploy')}`;
    const others: Login[] = [
      { label: 'github', name: 'ghcr.io', user: robot, password: githubToken() },
      {
        label: 'hub',
        name: 'https://index.docker.io/v1/',
        user: organisation,
        password: servicePassword(),
      },
      {
        label: 'gitlab',
        name: `registry.${gitlab}`,
        user: robot,
        password: gitlabToken(),
      },
      { label: 'quay', name: 'quay.io', user: `${organisation}+${project}`, password: servicePassword() },
      {
        label: 'mirror',
        name: `${choice('harbor', 'registry', 'docker', 'hub')}.${internalDomain}`,
        user: choice(`robot$${project}`, project, 'admin'),
        password: servicePassword(),
      },
    ];
    const theirs = ({ name }: Login) => name.includes(imageRegistry);
    const rest = others.filter((one) => !theirs(one));
    const logins = [
      own,
      ...others.filter(theirs),
      ...story.helpers.arrayElements(rest, { min: 0, max: rest.length }),
    ];
    const entries = logins
      // Docker sorts the names, as Go does with every map.
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, user, password }) => ({
        name,
        auth: Buffer.from(`${user}:${password}`).toString('base64'),
      }));
    // In the order of the fields of ConfigFile (docker/cli, cli/config/configfile/file.go).
    const extras = [
      {
        name: 'psFormat',
        value: choice(
          'table {{.Names}}\\t{{.Status}}\\t{{.Ports}}',
          'table {{.ID}}\\t{{.Image}}\\t{{.Status}}',
          '{{.ID}} {{.Names}} {{.Status}}',
        ),
      },
      { name: 'detachKeys', value: choice('ctrl-e,e', 'ctrl-q,q', 'ctrl-^,q') },
      { name: 'currentContext', value: choice(project, persona.hosts.application.name, 'default') },
    ].filter(() => story.datatype.boolean({ probability: 0.3 }));
    return {
      // Docker ends the file with its last brace.
      content: Buffer.from(templates.text('docker-config/config.json.njk', { entries, extras }).trim()),
      secrets: logins.map(({ label, password: value }) => ({ label, value })),
      logins: [{ service: 'http', user: own.user, password: own.password }],
    };
  },
};
