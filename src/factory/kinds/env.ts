import { randomBytes, randomInt } from 'node:crypto';
import type { Faker } from '@faker-js/faker';
import { accountsOf } from '../accounts.js';
import { dayBefore } from '../ages.js';
import type { DecoyAddresses } from '../decoy-addresses.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { gitlabToken } from '../forms/gitlab.js';
import { hmacToken } from '../forms/json-web-token.js';
import { servicePassword } from '../forms/service-password.js';
import { slackWebhook } from '../forms/slack.js';
import { stripeSecretKey, stripeWebhookSecret } from '../forms/stripe.js';
import type { Persona } from '../persona.js';
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
    const issuer = `https://${story.helpers.arrayElement(['login', 'auth', 'sso', 'id', 'accounts'])}.${persona.domain}`;
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
      service: serviceToken(tokenKey, issuer, times.modifiedAt, story),
    };
    const databaseUser = `${persona.project}_${story.helpers.arrayElement(['app', 'web', 'api', 'svc'])}`;
    const databaseName = story.helpers.arrayElement([
      `${persona.project}_prod`,
      persona.project,
      `${persona.project}_production`,
    ]);
    const text = templates.text('env/env.njk', {
      persona,
      secrets,
      decoy,
      issuer,
      application: applicationLines(persona, story, secrets.appKey),
      database: databaseLines(decoy, story, databaseUser, databaseName, secrets.database),
      sections: story.helpers.shuffle(['cache', 'auth', 'mail', 'storage', 'payments', 'alerts', 'deploy']),
      rule: story.helpers.arrayElement(['# ', '## ', '# --- ', '#### ']),
      story,
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

function applicationLines({ project, domain }: Persona, story: Faker, key: string): string[] {
  const choice = (...choices: (string | number)[]) => story.helpers.arrayElement(choices);
  const release = `${story.number.int({ min: 2, max: 6 })}.${story.number.int(19)}.${story.number.int(9)}`;
  const kept = story.helpers.arrayElements(
    [
      `APP_NAME=${project}`,
      `${choice('APP_ENV', 'NODE_ENV', 'ENVIRONMENT')}=production`,
      `${choice('APP_VERSION', 'RELEASE', 'IMAGE_TAG')}=${release}`,
      `${choice('APP_DEBUG', 'DEBUG')}=${choice('false', 0)}`,
      `${choice('APP_URL', 'BASE_URL', 'PUBLIC_URL')}=https://${choice(project, 'app', 'portal')}.${domain}`,
      `PORT=${choice(3000, 8000, 8080, 5000)}`,
      `LOG_LEVEL=${choice('info', 'warn', 'error')}`,
    ],
    { min: 4, max: 7 },
  );
  return story.helpers.shuffle([
    ...kept,
    `${choice('APP_SECRET', 'APP_KEY', 'SECRET_KEY', 'SESSION_SECRET')}=${key}`,
  ]);
}

function databaseLines(
  decoy: DecoyAddresses,
  story: Faker,
  user: string,
  name: string,
  password: string,
): string[] {
  const prefix = story.helpers.arrayElement(['DB', 'POSTGRES', 'PG', 'DATABASE']);
  const { host, ports } = decoy;
  const lines = [
    `${prefix}_HOST=${host}`,
    `${prefix}_PORT=${ports.postgres}`,
    `${prefix}_NAME=${name}`,
    `${prefix}_USER=${user}`,
    `${prefix}_PASSWORD=${password}`,
    `DATABASE_URL=${story.helpers.arrayElement(['postgresql', 'postgres'])}://${user}:${password}@${host}:${ports.postgres}/${name}`,
    ...story.helpers.arrayElements([`${prefix}_POOL_MAX=${story.helpers.arrayElement([10, 20, 25, 50])}`], {
      min: 0,
      max: 1,
    }),
  ];
  return story.helpers.shuffle(lines);
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
