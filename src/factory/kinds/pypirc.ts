import { pypiToken } from '../forms/pypi.js';
import { servicePassword } from '../forms/service-password.js';
import { labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** Where and as whom twine publishes Python packages. */
export const pypirc: TrapKind = {
  name: 'pypirc',
  summary: 'logins for publishing Python packages',
  mode: readableByOwner,
  relativePath: () => '.pypirc',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'pypirc');
    const secrets = { pypi: pypiToken(), internal: servicePassword() };
    const user = story.helpers.arrayElement(['pypi-ci', 'svc-pypi', 'wheels', 'publisher', 'twine']);
    const path = story.helpers.arrayElement(['pypi/', 'simple/', 'repository/pypi/', 'pypi-internal/', '']);
    const values = {
      secrets,
      user,
      name: story.helpers.arrayElement(['internal', persona.project, 'company', 'private', 'nexus']),
      address: `http://${decoy.host}:${decoy.ports.http}/${path}`,
      indent: story.helpers.arrayElement(['    ', '  ', '\t']),
      between: story.helpers.arrayElement([' = ', '=', ': ']),
      publicFirst: story.datatype.boolean(),
    };
    return {
      content: Buffer.from(templates.text('pypirc/pypirc.njk', values)),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user, password: secrets.internal }],
    };
  },
};
