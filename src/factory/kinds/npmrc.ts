import { accountsOf } from '../company-accounts.js';
import { urlHost } from '../decoy-url.js';
import { npmToken } from '../forms/npm.js';
import { servicePassword } from '../forms/service-password.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The settings of npm, with the company's own registry and a token of the public one. */
export const npmrc: TrapKind = {
  name: 'npmrc',
  summary: 'settings of npm with the tokens of its registries',
  mode: readableByOwner,
  relativePath: () => '.npmrc',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'npmrc');
    const token = npmToken();
    const password = servicePassword();
    const user = story.helpers.arrayElement(['npm-ci', 'npm', 'svc-npm', 'ci-publish', 'packages']);
    const repository = story.helpers.arrayElement([
      'npm',
      'npm-private',
      'repository/npm',
      'npm-hosted',
      'api/npm/npm',
    ]);
    const registry = `//${urlHost(decoy.host)}:${decoy.ports.http}/${repository}/`;
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    const lines = [
      `@${accountsOf(persona).organisation}:registry=http:${registry}`,
      `${registry}:_auth=${basic}`,
      `//registry.npmjs.org/:_authToken=${token}`,
      ...story.helpers.arrayElements(
        ['fund=false', 'audit=false', 'save-exact=true', 'loglevel=warn', `email=${persona.developer.email}`],
        { min: 0, max: 3 },
      ),
    ];
    return {
      content: Buffer.from(templates.text('npmrc/npmrc.njk', { lines: story.helpers.shuffle(lines) })),
      secrets: [
        { label: 'npm token', value: token },
        // Stands in the file in base64, together with its user.
        { label: 'registry password', value: password },
      ],
      logins: [{ service: 'http', user, password }],
    };
  },
};
