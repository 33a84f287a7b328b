import { awsCredentials } from './kinds/aws-credentials.js';
import { env } from './kinds/env.js';
import { passwords } from './kinds/passwords.js';
import { payroll } from './kinds/payroll.js';
import { salary } from './kinds/salary.js';
import { sshKey } from './kinds/ssh-key.js';
import type { TrapKind } from './trap-kind.js';

/** Every kind this version makes, by name. */
export const kinds = {
  passwords,
  payroll,
  salary,
  env,
  'ssh-key': sshKey,
  'aws-credentials': awsCredentials,
} as const satisfies Readonly<Record<string, TrapKind>>;

export type TrapKindName = keyof typeof kinds;
