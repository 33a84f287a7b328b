import { awsAccessKeyId, awsSecretAccessKey } from '../forms/aws.js';
import { labelled } from '../secrets.js';
import { readableByOwner, type TrapKind } from '../trap-kind.js';

/** The credentials file of the AWS command line, with two profiles. */
export const awsCredentials: TrapKind = {
  name: 'aws-credentials',
  summary: 'credentials file of the AWS command line',
  // As `aws configure` makes it.
  mode: readableByOwner,
  relativePath: () => '.aws/credentials',
  async make({ persona, path, templates }) {
    const secrets = {
      defaultKeyId: awsAccessKeyId(persona.awsAccountId),
      defaultSecret: awsSecretAccessKey(),
      productionKeyId: awsAccessKeyId(persona.awsAccountId),
      productionSecret: awsSecretAccessKey(),
    };
    const text = templates.text('aws-credentials/credentials.njk', { persona, path, secrets });
    return { content: Buffer.from(text), secrets: labelled(secrets) };
  },
};
