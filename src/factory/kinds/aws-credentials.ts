import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** The credentials file of the AWS command line, with two profiles. */
export const awsCredentials: TrapKind = {
  name: 'aws-credentials',
  summary: 'credentials file of the AWS command line',
  mode: readableByAll,
  relativePath: () => '.aws/credentials',
  async make({ persona, templates }) {
    const story = storyteller(persona.seed, 'aws-credentials');
    const { project, region } = persona;
    const secrets = {
      defaultKeyId: awsAccessKeyId(persona.awsAccountId),
      defaultSecret: awsSecretAccessKey(),
      productionKeyId: awsAccessKeyId(persona.awsAccountId),
      productionSecret: awsSecretAccessKey(),
    };
    const production = story.helpers.arrayElement([
      `${project}-prod`,
      'prod',
      `${project}-deploy`,
      'production',
      `${project}-backup`,
      's3-backup',
      'terraform',
    ]);
    const withRegion = story.helpers.arrayElement<string[]>([[], ['default'], ['default', production]]);
    const profiles = [
      { name: 'default', keyId: secrets.defaultKeyId, secret: secrets.defaultSecret },
      { name: production, keyId: secrets.productionKeyId, secret: secrets.productionSecret },
    ].map((profile) => ({ ...profile, region: withRegion.includes(profile.name) ? region : '' }));
    const text = templates.text('aws-credentials/credentials.njk', { profiles });
    return { content: Buffer.from(text), secrets: labelled(secrets) };
  },
};
