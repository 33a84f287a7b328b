import { randomBytes } from 'node:crypto';
import { dayBefore } from '../ages.js';
import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

const { alphanumeric, hexadecimal, upperAlphanumeric, url } = alphabets;

/** The environment file of the company's web application, as it lies on a server in production. */
export const env: TrapKind = {
  name: 'env',
  summary: 'environment file of a web application in production',
  mode: readableByAll,
  relativePath: () => '.env',
  async make({ persona, times, templates }) {
    const story = storyteller(persona.seed, 'env');
    const secrets = {
      appKey: randomText(hexadecimal, 64),
      // Letters and digits only: these two stand in URLs.
      database: randomText(alphanumeric, 24),
      cache: randomText(alphanumeric, 32),
      tokenKey: randomBytes(32).toString('base64'),
      mail: randomText(alphanumeric, 20),
      // The prefixes and lengths are the issuers': scanners look for them.
      payments: `sk_live_51${randomText(alphanumeric, 97)}`,
      paymentsHook: `whsec_${randomText(alphanumeric, 32)}`,
      storageKeyId: awsAccessKeyId(persona.awsAccountId),
      storageSecret: awsSecretAccessKey(),
      chat: `T0${randomText(upperAlphanumeric, 8)}/B0${randomText(upperAlphanumeric, 9)}/${randomText(alphanumeric, 24)}`,
      repository: `glpat-${randomText(url, 20)}`,
      errors: randomText(hexadecimal, 32),
    };
    const text = templates.text('env/env.njk', {
      persona,
      secrets,
      deployedOn: dayBefore(times.modifiedAt, 0),
      rotatedOn: dayBefore(times.modifiedAt, story.number.int({ min: 30, max: 200 })),
      release: `${story.number.int({ min: 2, max: 6 })}.${story.number.int(19)}.${story.number.int(9)}`,
      errorsOrganisation: story.number.int({ min: 100_000, max: 999_999 }),
      errorsProject: story.number.int({ min: 1_000_000, max: 9_999_999 }),
    });
    return { content: Buffer.from(text), secrets: labelled(secrets) };
  },
};
