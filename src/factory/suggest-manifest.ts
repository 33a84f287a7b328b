import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Accounts, peopleOf, readAccounts } from './accounts.js';
import { kinds } from './kinds.js';

export interface SuggestOptions {
  /** Folder that stands for the root of the host, `/` when absent. */
  readonly root?: string;
  readonly accounts?: Accounts;
}

interface Suggested {
  readonly kind: string;
  readonly path: string;
  readonly owner?: string;
}

interface Service {
  readonly name: string;
  /** It is installed when one of these is there. */
  readonly signs: readonly string[];
  readonly traps: readonly Suggested[];
}

/** Kinds that this version may not have are left out. */
const services: readonly Service[] = [
  { name: 'PostgreSQL client', signs: ['/usr/bin/psql'], traps: [{ kind: 'pgpass', path: '~root/' }] },
  {
    name: 'MySQL client',
    signs: ['/usr/bin/mysql', '/usr/bin/mariadb'],
    traps: [{ kind: 'my-cnf', path: '~root/' }],
  },
  { name: 'Docker', signs: ['/usr/bin/docker'], traps: [{ kind: 'docker-config', path: '~root/' }] },
  {
    name: 'kubectl',
    signs: ['/usr/bin/kubectl', '/usr/local/bin/kubectl'],
    traps: [{ kind: 'kubeconfig', path: '~root/' }],
  },
  {
    name: 'AWS command line',
    signs: ['/usr/bin/aws', '/usr/local/bin/aws'],
    traps: [{ kind: 'aws-credentials', path: '~root/' }],
  },
  { name: 'git', signs: ['/usr/bin/git'], traps: [{ kind: 'git-credentials', path: '~root/' }] },
  { name: 'npm', signs: ['/usr/bin/npm', '/usr/local/bin/npm'], traps: [{ kind: 'npmrc', path: '~root/' }] },
  {
    name: 'OpenVPN',
    signs: ['/usr/sbin/openvpn'],
    traps: [{ kind: 'openvpn', path: '/etc/openvpn/client/' }],
  },
  { name: 'Ansible', signs: ['/usr/bin/ansible'], traps: [{ kind: 'ansible-vault', path: '~root/' }] },
];

const mostHomes = 50;

/**
 * A manifest for this host as YAML: for each home, each web root and each service that is installed, what
 * an intruder would look for there. Planting leaves out what lies there already.
 */
export async function suggestManifest({ root = '/', accounts }: SuggestOptions = {}): Promise<string> {
  const known = accounts ?? (await readAccounts());
  const isThere = (path: string) =>
    lstat(join(root, path)).then(
      () => true,
      () => false,
    );
  const parts = [
    '# Proposed for this host. Read it, take out what does not fit, and name the file in traps.manifest.\n',
    'traps:\n',
  ];
  const add = (why: string, traps: readonly Suggested[]) => {
    const offered = traps.filter(({ kind }) => Object.hasOwn(kinds, kind));
    if (offered.length === 0) return;
    parts.push(`  # ${why}\n`, indented(stringify(offered)));
  };
  add('below paths.traps_dir', [{ kind: 'passwords', path: '' }]);
  for (const { name, uid, home } of peopleOf(known).slice(0, mostHomes)) {
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || !(await isThere(home))) continue;
    add(`home of ${name}`, [
      { kind: 'aws-credentials', path: `~${name}/` },
      ...(uid === 0 ? [] : [{ kind: 'passwords', path: `~${name}/` }]),
    ]);
  }
  if (await isThere('/srv')) add('where files are shared', [{ kind: 'salary', path: '/srv/' }]);
  if (await isThere('/var/backups')) add('backups', [{ kind: 'passwords', path: '/var/backups/' }]);
  for (const site of await foldersOf(join(root, '/var/www')))
    add('a web root', [{ kind: 'env', path: `/var/www/${site}/` }]);
  for (const { name, signs, traps } of services)
    if ((await Promise.all(signs.map(isThere))).includes(true)) add(`${name} is installed`, traps);
  return parts.join('');
}

async function foldersOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  // In YAML and in the manifest's patterns other names would mean something else.
  return entries
    .filter((entry) => entry.isDirectory() && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
