import { awsCredentials } from './kinds/aws-credentials.js';
import { browserLogins } from './kinds/browser-logins.js';
import { env } from './kinds/env.js';
import { keepass } from './kinds/keepass.js';
import { networkPlan } from './kinds/network-plan.js';
import { passwords } from './kinds/passwords.js';
import { payroll } from './kinds/payroll.js';
import { salary } from './kinds/salary.js';
import { sqlDump } from './kinds/sql-dump.js';
import { sqlite } from './kinds/sqlite.js';
import { sshKey } from './kinds/ssh-key.js';
import { wallet } from './kinds/wallet.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  'aws-credentials': awsCredentials,
  'browser-logins': browserLogins,
  env,
  keepass,
  'network-plan': networkPlan,
  passwords,
  payroll,
  salary,
  'sql-dump': sqlDump,
  sqlite,
  'ssh-key': sshKey,
  wallet,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
