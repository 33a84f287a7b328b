import { randomBytes, randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { dayBefore } from '../ages.js';
import { accountsOf } from '../company-accounts.js';
import { urlHost } from '../decoy-url.js';
import { deploymentOf, type Framework } from '../deployment.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { gitlabToken } from '../forms/gitlab.js';
import { hmacToken } from '../forms/json-web-token.js';
import { servicePassword } from '../forms/service-password.js';
import { slackWebhook } from '../forms/slack.js';
import { stripeSecretKey, stripeWebhookSecret } from '../forms/stripe.js';
import { yookassaSecretKey } from '../forms/yookassa.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** The environment file of the company's web application, as it lies on a server in production. */
export const env: TrapKind = {
  name: 'env',
  summary: 'environment file of a web application in production',
  mode: readableByAll,
  relativePath: () => '.env',
  async make({ persona, path, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'env');
    const accounts = accountsOf(persona);
    const tokenKey = randomBytes(story.helpers.arrayElement([32, 48, 64])).toString('base64');
    const { framework, version, port, database, issuer } = deploymentOf(persona);
    const secrets = {
      appKey: applicationKey(framework, story),
      database: servicePassword(),
      cache: servicePassword(),
      tokenKey,
      mail: servicePassword(),
      ...(persona.locale === 'ru'
        ? { payments: yookassaSecretKey() }
        : { payments: stripeSecretKey(accounts.stripe), paymentsHook: stripeWebhookSecret() }),
      storageKeyId: awsAccessKeyId(persona.awsAccountId),
      storageSecret: awsSecretAccessKey(),
      chat: slackWebhook(accounts.slackTeam),
      repository: gitlabToken(),
      errors: randomText(alphabets.hexadecimal, 32),
      service: serviceToken(tokenKey, issuer, times.modifiedAt, story),
    };
    // Another of these files on the host has a role of its own: one role has one password.
    const roles = storyteller(persona.seed, `env role ${path}`);
    const databaseUser = `${persona.project}_${roles.helpers.arrayElement(['app', 'web', 'api', 'svc', 'rw'])}`;
    const text = templates.text('env/env.njk', {
      persona,
      path,
      secrets,
      decoy,
      issuer,
      host: urlHost(decoy.host),
      databaseUser,
      databaseName: database,
      framework,
      port,
      paymentShop: accounts.yookassaShop,
      release: version,
      errorsOrganisation: story.number.int({ min: 100_000, max: 4_999_999 }),
      errorsProject: story.number.int({ min: 1_000_000, max: 9_999_999 }),
      deployedOn: dayBefore(times.modifiedAt, 0),
      rotatedOn: dayBefore(times.modifiedAt, story.number.int({ min: 30, max: 200 })),
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

// As the commands of each that make one do; Django's key may hold what a shell would read.
function applicationKey(framework: Framework, story: Faker): string {
  if (framework === 'laravel') return `base64:${randomBytes(32).toString('base64')}`;
  if (framework === 'django') return randomText('abcdefghijklmnopqrstuvwxyz0123456789!@%^&*(-_=+)', 50);
  if (framework === 'rails') return randomText(alphabets.hexadecimal, 128);
  return randomText(alphabets.hexadecimal, story.helpers.arrayElement([32, 48, 64]));
}

// Issued before the file was last changed, for two years, as tokens between services are.
function serviceToken(key: string, issuer: string, modifiedAt: Date, story: Faker): string {
  const issuedAt = Math.floor(modifiedAt.getTime() / 1000) - randomInt(60, 65_000);
  const claims = {
    iss: issuer,
    sub: story.helpers.arrayElement(['reports', 'worker', 'billing', 'gateway', 'sync']),
    iat: issuedAt,
    exp: issuedAt + 63_072_000,
    [story.helpers.arrayElement(['scope', 'role', 'aud'])]: story.helpers.arrayElement([
      'read',
      'service',
      'internal',
    ]),
  };
  return hmacToken(Object.fromEntries(story.helpers.shuffle(Object.entries(claims))), key);
}
