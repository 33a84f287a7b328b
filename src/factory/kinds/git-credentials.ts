import { accountsOf } from '../company-accounts.js';
import { urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { githubFineGrainedToken, githubToken } from '../forms/github.js';
import { gitlabToken } from '../forms/gitlab.js';
import { servicePassword } from '../forms/service-password.js';
import { storyteller } from '../storyteller.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** What Git's helper `store` keeps: one URL with user and password a line. */
export const gitCredentials: TrapKind = {
  name: 'git-credentials',
  summary: "stored credentials of Git's helper",
  mode: readableByOwner,
  relativePath: () => '.git-credentials',
  async make({ persona, templates, decoy }) {
    const story = storyteller(persona.seed, 'git-credentials');
    const choice = <Choice>(...choices: Choice[]) => story.helpers.arrayElement(choices);
    const { organisation } = accountsOf(persona);
    const { developer, administrator, internalDomain } = persona;
    const user = choice('git', 'git-deploy', 'gitea', 'forge', 'mirror');
    const robot = `${organisation}-${choice('ci', 'bot', 'deploy', 'build')}`;
    // The helper encodes the colon before a port (git-credential-store, `store_credential_file`).
    const forge = encodeURIComponent(`${urlHost(decoy.host)}:${decoy.ports.http}`).replaceAll(
      /%[\dA-F]{2}/g,
      (code) => code.toLowerCase(),
    );
    const others = [
      {
        label: 'github',
        user: choice(robot, developer.login, 'x-access-token'),
        password: story.datatype.boolean() ? githubToken() : githubFineGrainedToken(),
        host: 'github.com',
      },
      {
        label: 'gitlab',
        user: choice('oauth2', developer.login, administrator.login, robot),
        password: gitlabToken(),
        host: deploymentOf(persona).gitlab,
      },
      {
        label: 'bitbucket',
        user: choice(robot, developer.login),
        password: servicePassword(),
        host: 'bitbucket.org',
      },
      {
        label: 'wiki',
        user: choice(developer.login, administrator.login),
        password: servicePassword(),
        host: `${choice('wiki', 'docs', 'dav', 'scm')}.${internalDomain}`,
      },
    ];
    const logins = story.helpers.shuffle([
      { label: 'forge', scheme: 'http', user, password: servicePassword(), host: forge },
      ...story.helpers
        .arrayElements(others, { min: 1, max: others.length })
        .map((login) => ({ scheme: 'https', ...login })),
    ]);
    const lines = logins.map((login) => `${login.scheme}://${login.user}:${login.password}@${login.host}`);
    const password = logins.find(({ label }) => label === 'forge')?.password ?? '';
    return {
      content: Buffer.from(templates.text('git-credentials/git-credentials.njk', { lines })),
      secrets: logins.map(({ label, password: value }) => ({ label, value })),
      logins: [{ service: 'http', user, password }],
    };
  },
};
