import { createEngine } from '@secretlint/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { kinds, type TrapKindName } from '../../../src/factory/kinds.js';
import type { TrapSecret } from '../../../src/factory/secrets.js';
import { trapContext } from '../../support/trap-context.js';

type Engine = Awaited<ReturnType<typeof createEngine>>;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({
    color: false,
    formatter: 'json',
    cwd: import.meta.dirname,
    configFileJSON: {
      rules: [
        {
          id: '@secretlint/secretlint-rule-preset-recommend',
          // Off by default, for an id opens nothing by itself.
          rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
        },
      ],
    },
  });
});

interface Report {
  readonly messages: readonly { readonly messageId: string }[];
}

async function findingsIn(content: Uint8Array, filePath: string): Promise<string[]> {
  const { output } = await engine.executeOnContent({ content: Buffer.from(content).toString(), filePath });
  return (JSON.parse(output) as Report[]).flatMap((report) => report.messages.map((one) => one.messageId));
}

const expected: readonly [TrapKindName, readonly string[]][] = [
  ['aws-credentials', ['AWSAccessKeyID', 'AWSAccessKeyID', 'AWSSecretAccessKey', 'AWSSecretAccessKey']],
  [
    'env',
    [
      'AWSAccessKeyID',
      'AWSSecretAccessKey',
      'GITLAB_PERSONAL_ACCESS_TOKEN',
      'IncomingWebhook',
      'PostgreSQLConnection',
    ],
  ],
  ['docker-compose', ['AWSAccessKeyID', 'AWSSecretAccessKey', 'PostgreSQLConnection']],
  ['gcp-service-account', ['PrivateKey', 'PrivateKeyJSON']],
  ['git-credentials', ['BasicAuth', 'GITHUB_TOKEN', 'GITLAB_PERSONAL_ACCESS_TOKEN']],
  ['netrc', ['GITHUB_TOKEN']],
  ['npmrc', ['NPM_ACCESS_TOKEN', 'Npmrc_authToken']],
  ['terraform-state', ['AWSAccessKeyID', 'PostgreSQLConnection']],
  ['ssh-key', ['PrivateKey']],
];

/** Of kinds that have a token only on some hosts: the label of the secret that a finding is of. */
const labels: Readonly<Record<string, string>> = {
  GITHUB_TOKEN: 'github',
  GITLAB_PERSONAL_ACCESS_TOKEN: 'gitlab',
  AWSAccessKeyID: 'storageKeyId',
  AWSSecretAccessKey: 'storageSecret',
};
const kindsWithChoices: readonly TrapKindName[] = ['docker-compose', 'git-credentials', 'netrc'];

/** What is to be found in a trap with these secrets. */
function dueIn(name: TrapKindName, findings: readonly string[], secrets: readonly TrapSecret[]): string[] {
  if (!kindsWithChoices.includes(name)) return [...findings];
  const drawn = new Set(secrets.map(({ label }) => label));
  return findings.filter((finding) => drawn.has(labels[finding] ?? '') || !(finding in labels));
}

describe('secretlint takes for real', () => {
  test.each(expected)('what lies in %s', async (name, findings) => {
    const seen = new Set<string>();
    for (const seed of name === 'ssh-key' ? [1] : [1, 2, 3, 4, 5, 6]) {
      const context = trapContext(seed);
      const { content, secrets } = await kinds[name].make(context);
      const found = await findingsIn(content, `/srv/${kinds[name].relativePath(context.persona, 2025)}`);
      const due = dueIn(name, findings, secrets);
      for (const finding of new Set(due)) {
        seen.add(finding);
        const times = due.filter((one) => one === finding).length;
        expect(
          found.filter((one) => one === finding).length,
          `${finding} of ${name} ${seed}`,
        ).toBeGreaterThanOrEqual(times);
      }
    }
    expect(seen).toEqual(new Set(findings));
  });

  test('and nothing in a file without secrets', async () => {
    expect(
      await findingsIn(Buffer.from('region = us-east-1\nAKIA is how ids begin\n'), '/srv/notes.txt'),
    ).toEqual([]);
  });
});
