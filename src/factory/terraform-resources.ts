import type { Faker } from '@faker-js/faker';
import { awsUserId } from './forms/aws.js';

/** One resource of a state: attributes in alphabetical order, as Terraform writes them. */
export interface Resource {
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly provider: 'aws' | 'random' | 'null';
  /** Version of the provider's schema of this type. */
  readonly schema: number;
  readonly attributes: readonly (readonly [string, unknown])[];
  /** Attributes that the schema calls sensitive. */
  readonly secret?: readonly string[];
  /** Whether the provider keeps a note of its own, which is empty. */
  readonly private?: boolean;
  readonly dependsOn?: string;
}

/** What a persona's infrastructure is made of; nothing in it is secret. */
export interface Infrastructure {
  readonly account: string;
  readonly region: string;
  /** Of the user in Terraform, and with AWS. */
  readonly userName: string;
  readonly user: string;
  readonly createdAt: Date;
}

/** Resources beside those with secrets, of which every state has others. */
export function plainResources(
  story: Faker,
  { account, region, userName, user, createdAt }: Infrastructure,
): Resource[] {
  const { arrayElement } = story.helpers;
  const bytes = Buffer.from(story.string.hexadecimal({ length: 8, prefix: '' }), 'hex');
  const encoded = bytes.toString('base64url');
  const policy = arrayElement([
    'AmazonS3FullAccess',
    'AmazonSESFullAccess',
    'ReadOnlyAccess',
    'PowerUserAccess',
  ]);
  const characters = story.string.alphanumeric({ length: 6, casing: 'lower' });
  const id = String(story.number.bigInt({ min: 10n ** 17n, max: 9n * 10n ** 18n }));
  return [
    {
      mode: 'data',
      type: 'aws_caller_identity',
      name: arrayElement(['current', 'this', 'me']),
      provider: 'aws',
      schema: 0,
      attributes: [
        ['account_id', account],
        ['arn', `arn:aws:iam::${account}:user/${arrayElement(['terraform', 'deploy', 'infra'])}`],
        ['id', account],
        ['user_id', awsUserId(account)],
      ],
    },
    {
      mode: 'data',
      type: 'aws_region',
      name: arrayElement(['current', 'this', 'here']),
      provider: 'aws',
      schema: 0,
      attributes: [
        ['description', regions[region] ?? region],
        ['endpoint', `ec2.${region}.amazonaws.com`],
        ['id', region],
        ['name', region],
      ],
    },
    {
      mode: 'managed',
      type: 'aws_iam_user_policy_attachment',
      name: userName,
      provider: 'aws',
      schema: 0,
      attributes: [
        ['id', `${user}-${createdAt.toISOString().replaceAll(/\D/g, '')}00000001`],
        ['policy_arn', `arn:aws:iam::aws:policy/${policy}`],
        ['user', user],
      ],
      private: true,
      dependsOn: `aws_iam_user.${userName}`,
    },
    {
      mode: 'managed',
      type: 'null_resource',
      name: arrayElement(['migrate', 'provision', 'setup', 'wait']),
      provider: 'null',
      schema: 0,
      attributes: [
        ['id', id],
        ['triggers', arrayElement([null, { version: `${story.number.int({ min: 1, max: 30 })}` }])],
      ],
    },
    {
      mode: 'managed',
      type: 'random_id',
      name: arrayElement(['suffix', 'bucket', 'deploy', 'id']),
      provider: 'random',
      schema: 0,
      attributes: [
        ['b64_std', bytes.toString('base64')],
        ['b64_url', encoded],
        ['byte_length', bytes.length],
        ['dec', String(bytes.readUInt32BE(0))],
        ['hex', bytes.toString('hex')],
        ['id', encoded],
        ['keepers', null],
        ['prefix', null],
      ],
    },
    {
      mode: 'managed',
      type: 'random_string',
      name: arrayElement(['suffix', 'slug', 'name', 'tag']),
      provider: 'random',
      schema: 2,
      attributes: [
        ['id', characters],
        ['keepers', null],
        ['length', characters.length],
        ...letters(),
        ['override_special', null],
        ['result', characters],
        ['special', false],
        ['upper', false],
      ],
    },
  ];
}

/** What the provider `random` may draw from, between the length of a text and its result. */
export function letters(): [string, unknown][] {
  const least = ['lower', 'numeric', 'special', 'upper'].map((of): [string, unknown] => [`min_${of}`, 0]);
  return [['lower', true], ...least, ['number', true], ['numeric', true]];
}

// Names in the console (AWS general reference, "Regional endpoints").
const regions: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'ca-central-1': 'Canada (Central)',
  'eu-central-1': 'Europe (Frankfurt)',
  'eu-north-1': 'Europe (Stockholm)',
  'eu-west-1': 'Europe (Ireland)',
};
