import { urlHost } from '../decoy-url.js';
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
  async make({ persona, path, templates, decoy }) {
    const story = storyteller(persona.seed, 'pypirc');
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const isPublic = story.datatype.boolean({ probability: 0.7 });
    const secrets = { internal: servicePassword(), ...(isPublic && { pypi: pypiToken() }) };
    const user = choice('pypi-ci', 'svc-pypi', 'wheels', 'publisher', 'twine');
    const folder = choice('pypi/', 'simple/', 'repository/pypi/', 'pypi-internal/', '');
    const values = {
      persona,
      path,
      secrets,
      user,
      isPublic,
      name: choice('internal', persona.project, 'company', 'private', 'nexus'),
      address: `http://${urlHost(decoy.host)}:${decoy.ports.http}/${folder}`,
    };
    return {
      content: Buffer.from(templates.text('pypirc/pypirc.njk', values)),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user, password: secrets.internal }],
    };
  },
};
