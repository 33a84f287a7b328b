import { ansibleVault } from './kinds/ansible-vault.js';
import { awsCredentials } from './kinds/aws-credentials.js';
import { azureProfile } from './kinds/azure-profile.js';
import { dockerCompose } from './kinds/docker-compose.js';
import { dockerConfig } from './kinds/docker-config.js';
import { env } from './kinds/env.js';
import { gcpServiceAccount } from './kinds/gcp-service-account.js';
import { gitCredentials } from './kinds/git-credentials.js';
import { htpasswd } from './kinds/htpasswd.js';
import { kubeconfig } from './kinds/kubeconfig.js';
import { myCnf } from './kinds/my-cnf.js';
import { netrc } from './kinds/netrc.js';
import { npmrc } from './kinds/npmrc.js';
import { passwords } from './kinds/passwords.js';
import { pgpass } from './kinds/pgpass.js';
import { pypirc } from './kinds/pypirc.js';
import { salary } from './kinds/salary.js';
import { shadowBackup } from './kinds/shadow-backup.js';
import { sshKey } from './kinds/ssh-key.js';
import { terraformState } from './kinds/terraform-state.js';
import { wpConfig } from './kinds/wp-config.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  'ansible-vault': ansibleVault,
  'aws-credentials': awsCredentials,
  'azure-profile': azureProfile,
  'docker-compose': dockerCompose,
  'docker-config': dockerConfig,
  env,
  'gcp-service-account': gcpServiceAccount,
  'git-credentials': gitCredentials,
  htpasswd,
  kubeconfig,
  'my-cnf': myCnf,
  netrc,
  npmrc,
  passwords,
  pgpass,
  pypirc,
  salary,
  'shadow-backup': shadowBackup,
  'ssh-key': sshKey,
  'terraform-state': terraformState,
  'wp-config': wpConfig,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
