import { accountsOf } from '../company-accounts.js';
import { githubToken } from '../forms/github.js';
import { servicePassword } from '../forms/service-password.js';
import { labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The registries that Docker is logged in to; user and password stand there in base64. */
export const dockerConfig: TrapKind = {
  name: 'docker-config',
  summary: 'registry logins of Docker',
  mode: readableByOwner,
  relativePath: () => '.docker/config.json',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'docker-config');
    const { organisation } = accountsOf(persona);
    const secrets = { registry: servicePassword(), github: githubToken(), hub: servicePassword() };
    const user = story.helpers.arrayElement([
      'registry',
      'ci-push',
      'docker',
      'svc-registry',
      'puller',
      'harbor-ci',
    ]);
    // Docker sorts the names, as Go does with every map.
    const auths = [
      { name: `${decoy.host}:${decoy.ports.http}`, user, password: secrets.registry },
      {
        name: 'ghcr.io',
        user: `${organisation}-${story.helpers.arrayElement(['ci', 'bot', 'deploy'])}`,
        password: secrets.github,
      },
      { name: 'https://index.docker.io/v1/', user: organisation, password: secrets.hub },
    ]
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, ...login }) => ({
        name,
        auth: Buffer.from(`${login.user}:${login.password}`).toString('base64'),
      }));
    const extra = story.helpers.maybe(() => ({
      name: 'psFormat',
      value: story.helpers.arrayElement([
        'table {{.Names}}\\t{{.Status}}\\t{{.Ports}}',
        'table {{.ID}}\\t{{.Image}}\\t{{.Status}}',
      ]),
    }));
    return {
      // Docker ends the file with its last brace.
      content: Buffer.from(
        templates.text('docker-config/config.json.njk', { auths, extra: extra ?? '' }).trim(),
      ),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user, password: secrets.registry }],
    };
  },
};
