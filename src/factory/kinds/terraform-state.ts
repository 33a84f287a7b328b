import { randomInt, randomUUID } from 'node:crypto';
import { bcryptHash } from '../bcrypt.js';
import { urlHost } from '../decoy-url.js';
import { deploymentOf } from '../deployment.js';
import { awsAccessKeyId, awsMailPassword, awsSecretAccessKey, awsUserId } from '../forms/aws.js';
import { servicePassword } from '../forms/service-password.js';
import { labelled } from '../secrets.js';
import { storyteller } from '../storyteller.js';
import { letters, plainResources, type Resource } from '../terraform-resources.js';
import { readableByAll, type TrapKind } from '../trap-kind.js';

// Since 1.9 the paths of what the schema calls sensitive stand in the state.
const marking = ['1.9.2', '1.9.5', '1.9.8'];
const older = ['1.3.9', '1.4.6', '1.5.2', '1.5.7', '1.6.6', '1.7.5', '1.8.5'];

/** What Terraform knows of the infrastructure, with every password and key it made. */
export const terraformState: TrapKind = {
  name: 'terraform-state',
  summary: 'state of Terraform with the passwords it made',
  mode: readableByAll,
  relativePath: () => 'terraform/terraform.tfstate',
  async make({ persona, path, times, templates, decoy }) {
    const story = storyteller(persona.seed, 'terraform-state');
    const { project, region, awsAccountId: account } = persona;
    const secrets = {
      keyId: awsAccessKeyId(account),
      keySecret: awsSecretAccessKey(),
      database: servicePassword(),
    };
    const words = (...choices: string[]) => story.helpers.arrayElement(choices);
    const role = words(`${project}_master`, `${project}_root`, 'dbmaster', `${project}_rds`);
    const userName = words('backup', 'uploader', 'ci', 'exports', 'mailer', 'ses');
    const user = `${project}-${userName}`;
    const createdAt = new Date(times.modifiedAt.getTime() - randomInt(3_600_000, 90 * 86_400_000));
    const version = words(...older, ...marking);
    const url = `${words('postgresql', 'postgres')}://${role}:${secrets.database}@${urlHost(decoy.host)}:${decoy.ports.postgres}/${deploymentOf(persona).database}`;
    const key: Resource = {
      mode: 'managed',
      type: 'aws_iam_access_key',
      name: userName,
      provider: 'aws',
      schema: 0,
      attributes: [
        ['create_date', `${createdAt.toISOString().slice(0, 19)}Z`],
        ['encrypted_secret', null],
        ['encrypted_ses_smtp_password_v4', null],
        ['id', secrets.keyId],
        ['key_fingerprint', null],
        ['pgp_key', null],
        ['secret', secrets.keySecret],
        ['ses_smtp_password_v4', awsMailPassword(secrets.keySecret, region)],
        ['status', 'Active'],
        ['user', user],
      ],
      secret: ['secret', 'ses_smtp_password_v4'],
      private: true,
      dependsOn: `aws_iam_user.${userName}`,
    };
    const tags = story.helpers.arrayElement([{}, { Project: project }, { Name: user, Terraform: 'true' }]);
    const owner: Resource = {
      mode: 'managed',
      type: 'aws_iam_user',
      name: userName,
      provider: 'aws',
      schema: 0,
      attributes: [
        ['arn', `arn:aws:iam::${account}:user/${user}`],
        ['force_destroy', story.datatype.boolean()],
        ['id', user],
        ['name', user],
        ['path', words('/', '/', '/system/', '/service/')],
        ['permissions_boundary', story.helpers.arrayElement(['', null])],
        ['tags', Object.keys(tags).length > 0 ? tags : null],
        ['tags_all', tags],
        ['unique_id', awsUserId(account)],
      ],
      private: true,
    };
    const password: Resource = {
      mode: 'managed',
      type: 'random_password',
      name: words('main', 'primary', 'db', project, 'master', 'postgres'),
      provider: 'random',
      schema: 3,
      attributes: [
        // The provider `random` hashes what it draws, with Go's default cost.
        ['bcrypt_hash', await bcryptHash(secrets.database, '2a', 10)],
        ['id', 'none'],
        ['keepers', null],
        ['length', secrets.database.length],
        ...letters(),
        ['override_special', null],
        ['result', secrets.database],
        ['special', false],
        ['upper', true],
      ],
      secret: ['bcrypt_hash', 'result'],
    };
    const others = plainResources(storyteller(persona.seed, 'other resources'), {
      account,
      region,
      userName,
      user,
      createdAt,
    });
    const outputs = [
      {
        name: words('database_url', 'db_url', 'dsn', 'connection', 'postgres_url', `${project}_db`),
        value: url,
        sensitive: true,
      },
      ...story.helpers.arrayElements(
        [
          { name: 'account', value: account, sensitive: false },
          { name: words('region', 'aws_region'), value: region, sensitive: false },
          { name: words('user', 'iam_user', 'user_name'), value: user, sensitive: false },
          { name: words('host', 'zone', 'domain'), value: persona.internalDomain, sensitive: false },
        ],
        { min: 0, max: 3 },
      ),
    ];
    const values = {
      persona,
      path,
      version,
      marked: marking.includes(version),
      serial: randomInt(7, 400),
      lineage: randomUUID(),
      // As Terraform sorts them (states/statefile, sortResourcesV4), and Go every map.
      outputs: sorted(outputs, ({ name }) => name),
      resources: sorted(
        [key, owner, password, ...story.helpers.arrayElements(others, { min: 1, max: others.length })],
        ({ mode, type, name }) => `${mode} ${type} ${name}`,
      ),
    };
    return {
      content: Buffer.from(templates.text('terraform-state/terraform.tfstate.njk', values)),
      secrets: labelled(secrets),
      logins: [{ service: 'postgres', user: role, password: secrets.database }],
    };
  },
};

function sorted<Item>(items: readonly Item[], by: (item: Item) => string): Item[] {
  return [...items].sort((one, other) => (by(one) < by(other) ? -1 : 1));
}
