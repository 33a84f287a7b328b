import { ansibleVault } from './kinds/ansible-vault.js';
import { awsCredentials } from './kinds/aws-credentials.js';
import { azureProfile } from './kinds/azure-profile.js';
import { backupScript } from './kinds/backup-script.js';
import { bashHistory } from './kinds/bash-history.js';
import { browserLogins } from './kinds/browser-logins.js';
import { dockerCompose } from './kinds/docker-compose.js';
import { dockerConfig } from './kinds/docker-config.js';
import { env } from './kinds/env.js';
import { gcpServiceAccount } from './kinds/gcp-service-account.js';
import { gitCredentials } from './kinds/git-credentials.js';
import { htpasswd } from './kinds/htpasswd.js';
import { jwtKey } from './kinds/jwt-key.js';
import { keepass } from './kinds/keepass.js';
import { knownHosts } from './kinds/known-hosts.js';
import { kubeconfig } from './kinds/kubeconfig.js';
import { myCnf } from './kinds/my-cnf.js';
import { netrc } from './kinds/netrc.js';
import { networkPlan } from './kinds/network-plan.js';
import { npmrc } from './kinds/npmrc.js';
import { openvpn } from './kinds/openvpn.js';
import { passwords } from './kinds/passwords.js';
import { payroll } from './kinds/payroll.js';
import { pgpass } from './kinds/pgpass.js';
import { pypirc } from './kinds/pypirc.js';
import { readme } from './kinds/readme.js';
import { salary } from './kinds/salary.js';
import { shadowBackup } from './kinds/shadow-backup.js';
import { sqlDump } from './kinds/sql-dump.js';
import { sqlite } from './kinds/sqlite.js';
import { sshConfig } from './kinds/ssh-config.js';
import { sshKey } from './kinds/ssh-key.js';
import { sshKeyEd25519 } from './kinds/ssh-key-ed25519.js';
import { terraformState } from './kinds/terraform-state.js';
import { tlsKey } from './kinds/tls-key.js';
import { wallet } from './kinds/wallet.js';
import { wpConfig } from './kinds/wp-config.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  'ansible-vault': ansibleVault,
  'aws-credentials': awsCredentials,
  'azure-profile': azureProfile,
  'backup-script': backupScript,
  'bash-history': bashHistory,
  'browser-logins': browserLogins,
  'docker-compose': dockerCompose,
  'docker-config': dockerConfig,
  env,
  'gcp-service-account': gcpServiceAccount,
  'git-credentials': gitCredentials,
  htpasswd,
  'jwt-key': jwtKey,
  keepass,
  'known-hosts': knownHosts,
  kubeconfig,
  'my-cnf': myCnf,
  netrc,
  'network-plan': networkPlan,
  npmrc,
  openvpn,
  passwords,
  payroll,
  pgpass,
  pypirc,
  readme,
  salary,
  'shadow-backup': shadowBackup,
  'sql-dump': sqlDump,
  sqlite,
  'ssh-config': sshConfig,
  'ssh-key': sshKey,
  'ssh-key-ed25519': sshKeyEd25519,
  'terraform-state': terraformState,
  'tls-key': tlsKey,
  wallet,
  'wp-config': wpConfig,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
