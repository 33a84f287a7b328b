import { accountsOf } from '../company-accounts.js';
import { githubFineGrainedToken, githubToken } from '../forms/github.js';
import { gitlabToken } from '../forms/gitlab.js';
import { servicePassword } from '../forms/service-password.js';
import { labelled } from '../secrets.js';
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
    const secrets = {
      github: story.datatype.boolean() ? githubToken() : githubFineGrainedToken(),
      gitlab: gitlabToken(),
      forge: servicePassword(),
    };
    const user = story.helpers.arrayElement([
      persona.developer.login,
      persona.administrator.login,
      'git',
      'deploy',
    ]);
    const lines = story.helpers.shuffle([
      `https://${accountsOf(persona).organisation}-${story.helpers.arrayElement(['ci', 'bot', 'deploy', 'build'])}:${secrets.github}@github.com`,
      `https://oauth2:${secrets.gitlab}@${story.helpers.arrayElement(['git', 'gitlab', 'code'])}.${persona.internalDomain}`,
      `http://${user}:${secrets.forge}@${decoy.host}:${decoy.ports.http}`,
    ]);
    return {
      content: Buffer.from(templates.text('git-credentials/git-credentials.njk', { lines })),
      secrets: labelled(secrets),
      logins: [{ service: 'http', user, password: secrets.forge }],
    };
  },
};
