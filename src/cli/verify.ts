import { join, resolve } from 'node:path';
import { printableText } from '../core/printable.js';
import { checkAuditLog } from '../daemon/check-audit-log.js';
import { exitCodes } from '../daemon/failure.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd verify`: recomputes the hash chain of an audit log; exit code 8 when it is broken. */
export async function verify(file: string | undefined, options: RunOptions): Promise<void> {
  const config = await effectiveConfig(options);
  const { logs_dir, state_dir } = config.paths;
  const configured = join(logs_dir, config.audit.file);
  const path = file === undefined ? configured : resolve(file);
  // What the daemon remembers is about the configured log only.
  const { intact, lines } = await checkAuditLog(path, path === configured ? state_dir : undefined);
  process.stdout.write(`${lines.map((line) => `${printableText(path)}: ${line}`).join('\n')}\n`);
  if (!intact) process.exitCode = exitCodes.verificationFailed;
}
