import { randomBytes } from 'node:crypto';
import { accountsOf } from '../accounts.js';
import { dayBefore } from '../ages.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { gitlabToken } from '../forms/gitlab.js';
import { hmacToken } from '../forms/json-web-token.js';
import { servicePassword } from '../forms/service-password.js';
import { slackWebhook } from '../forms/slack.js';
import { stripeSecretKey, stripeWebhookSecret } from '../forms/stripe.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** The environment file of the company's web application, as it lies on a server in production. */
export const env: TrapKind = {
  name: 'env',
  summary: 'environment file of a web application in production',
  mode: readableByAll,
  relativePath: () => '.env',
  async make({ persona, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'env');
    const accounts = accountsOf(persona);
    const tokenKey = randomBytes(story.helpers.arrayElement([32, 48, 64])).toString('base64');
    const secrets = {
      appKey: randomText(alphabets.hexadecimal, story.helpers.arrayElement([32, 40, 64])),
      database: servicePassword(),
      cache: servicePassword(),
      tokenKey,
      mail: servicePassword(),
      payments: stripeSecretKey(accounts.stripe),
      paymentsHook: stripeWebhookSecret(),
      storageKeyId: awsAccessKeyId(persona.awsAccountId),
      storageSecret: awsSecretAccessKey(),
      chat: slackWebhook(accounts.slackTeam),
      repository: gitlabToken(),
      errors: randomText(alphabets.hexadecimal, 32),
      service: serviceToken(tokenKey, `https://login.${persona.domain}`, times.modifiedAt),
    };
    const databaseUser = `${persona.project}_${story.helpers.arrayElement(['app', 'web', 'api', 'svc'])}`;
    const text = templates.text('env/env.njk', {
      persona,
      secrets,
      decoy,
      databaseUser,
      databaseName: story.helpers.arrayElement([
        `${persona.project}_prod`,
        persona.project,
        `${persona.project}_production`,
      ]),
      sections: story.helpers.shuffle(['cache', 'auth', 'mail', 'storage', 'payments', 'alerts', 'deploy']),
      rule: story.helpers.arrayElement(['# ', '## ', '# --- ', '#### ']),
      story,
      deployedOn: dayBefore(times.modifiedAt, 0),
      rotatedOn: dayBefore(times.modifiedAt, story.number.int({ min: 30, max: 200 })),
      release: `${story.number.int({ min: 2, max: 6 })}.${story.number.int(19)}.${story.number.int(9)}`,
    });
    return {
      content: Buffer.from(text),
      secrets: labelled(secrets),
      logins: [
        { service: 'postgres', user: databaseUser, password: secrets.database },
        { service: 'redis', user: 'default', password: secrets.cache },
      ],
    };
  },
};

// Issued before the file was last changed, for two years, as tokens between services are.
function serviceToken(key: string, issuer: string, modifiedAt: Date): string {
  const issuedAt = Math.floor(modifiedAt.getTime() / 1000) - (randomBytes(2).readUInt16LE() + 60);
  return hmacToken(
    { iss: issuer, sub: 'reports', scope: 'read', iat: issuedAt, exp: issuedAt + 63_072_000 },
    key,
  );
}
