import { awsCredentials } from './kinds/aws-credentials.js';
import { backupScript } from './kinds/backup-script.js';
import { bashHistory } from './kinds/bash-history.js';
import { browserLogins } from './kinds/browser-logins.js';
import { env } from './kinds/env.js';
import { jwtKey } from './kinds/jwt-key.js';
import { keepass } from './kinds/keepass.js';
import { knownHosts } from './kinds/known-hosts.js';
import { networkPlan } from './kinds/network-plan.js';
import { openvpn } from './kinds/openvpn.js';
import { passwords } from './kinds/passwords.js';
import { payroll } from './kinds/payroll.js';
import { readme } from './kinds/readme.js';
import { salary } from './kinds/salary.js';
import { sqlDump } from './kinds/sql-dump.js';
import { sqlite } from './kinds/sqlite.js';
import { sshConfig } from './kinds/ssh-config.js';
import { sshKey } from './kinds/ssh-key.js';
import { sshKeyEd25519 } from './kinds/ssh-key-ed25519.js';
import { tlsKey } from './kinds/tls-key.js';
import { wallet } from './kinds/wallet.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  'aws-credentials': awsCredentials,
  'backup-script': backupScript,
  'bash-history': bashHistory,
  'browser-logins': browserLogins,
  env,
  'jwt-key': jwtKey,
  keepass,
  'known-hosts': knownHosts,
  'network-plan': networkPlan,
  openvpn,
  passwords,
  payroll,
  readme,
  salary,
  'sql-dump': sqlDump,
  sqlite,
  'ssh-config': sshConfig,
  'ssh-key': sshKey,
  'ssh-key-ed25519': sshKeyEd25519,
  'tls-key': tlsKey,
  wallet,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
