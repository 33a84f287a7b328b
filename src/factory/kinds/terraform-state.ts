import { randomInt, randomUUID } from 'node:crypto';
import { bcryptHash } from '../bcrypt.js';
import { awsAccessKeyId, awsMailPassword, awsSecretAccessKey } from '../forms/aws.js';
import { servicePassword } from '../forms/service-password.js';
import { alphabets, labelled, randomText } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

/** What Terraform knows of the infrastructure, with every password and key it made. */
export const terraformState: TrapKind = {
  name: 'terraform-state',
  summary: 'state of Terraform with the passwords it made',
  mode: readableByAll,
  relativePath: () => 'terraform/terraform.tfstate',
  async make({ persona, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'terraform-state');
    const { project } = persona;
    const secrets = {
      keyId: awsAccessKeyId(persona.awsAccountId),
      keySecret: awsSecretAccessKey(),
      database: servicePassword(),
    };
    const user = story.helpers.arrayElement([
      `${project}_master`,
      `${project}_root`,
      'dbmaster',
      `${project}_owner`,
    ]);
    const words = (...choices: string[]) => story.helpers.arrayElement(choices);
    const createdAt = new Date(times.modifiedAt.getTime() - randomInt(3_600_000, 90 * 86_400_000));
    const values = {
      persona,
      secrets,
      decoy,
      user,
      version: words('1.3.9', '1.4.6', '1.5.2', '1.5.7', '1.6.6', '1.7.5', '1.8.5', '1.9.8'),
      serial: randomInt(7, 400),
      lineage: randomUUID(),
      name: {
        user: words('backup', 'uploader', 'ci', 'exports'),
        database: words('main', 'primary', 'db', project),
      },
      bucket: `${project}-${words('backup', 'exports', 'state', 'uploads')}-${story.string.numeric(4)}`,
      database: words(project, `${project}_prod`, `${project}db`),
      userId: `AIDA${randomText(alphabets.base32, 17)}`,
      mailPassword: awsMailPassword(secrets.keySecret, persona.region),
      // The provider `random` hashes what it draws, with Go's default cost.
      bcrypt: await bcryptHash(secrets.database, '2a', 10),
      createdAt: `${createdAt.toISOString().slice(0, 19)}Z`,
    };
    return {
      content: Buffer.from(templates.text('terraform-state/terraform.tfstate.njk', values)),
      secrets: labelled(secrets),
      logins: [{ service: 'postgres', user, password: secrets.database }],
    };
  },
};
