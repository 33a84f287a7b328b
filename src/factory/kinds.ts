import { awsCredentials } from './kinds/aws-credentials.js';
import { backupScript } from './kinds/backup-script.js';
import { bashHistory } from './kinds/bash-history.js';
import { env } from './kinds/env.js';
import { jwtKey } from './kinds/jwt-key.js';
import { knownHosts } from './kinds/known-hosts.js';
import { openvpn } from './kinds/openvpn.js';
import { passwords } from './kinds/passwords.js';
import { readme } from './kinds/readme.js';
import { salary } from './kinds/salary.js';
import { sshConfig } from './kinds/ssh-config.js';
import { sshKey } from './kinds/ssh-key.js';
import { sshKeyEd25519 } from './kinds/ssh-key-ed25519.js';
import { tlsKey } from './kinds/tls-key.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  passwords,
  salary,
  env,
  'backup-script': backupScript,
  'bash-history': bashHistory,
  'jwt-key': jwtKey,
  'known-hosts': knownHosts,
  openvpn,
  readme,
  'ssh-config': sshConfig,
  'ssh-key': sshKey,
  'ssh-key-ed25519': sshKeyEd25519,
  'tls-key': tlsKey,
  'aws-credentials': awsCredentials,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
