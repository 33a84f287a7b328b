import { ConfigInvalid } from '../config/load-config.js';
import { AuditUnwritable } from '../core/ports/audit-log.js';
import { SensorUnavailable } from '../core/ports/sensor.js';
import { AlreadyRunning } from './instance-lock.js';

/** Exit codes of phantomd, as the README lists them. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notRoot: 3,
  alreadyRunning: 4,
  auditUnwritable: 5,
  noTraps: 6,
  noSensor: 7,
  verificationFailed: 8,
  demoFailed: 9,
} as const;

/** The daemon must run as root. */
export class NotRoot extends Error {
  override readonly name = 'NotRoot';
}

/** Nothing could be planted; the message says why in one line. */
export class NoTraps extends Error {
  override readonly name = 'NoTraps';
}

/** The exit code that tells an error apart; 1 for one that nobody expected. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigInvalid) return exitCodes.usage;
  if (error instanceof NotRoot) return exitCodes.notRoot;
  if (error instanceof AlreadyRunning) return exitCodes.alreadyRunning;
  if (error instanceof AuditUnwritable) return exitCodes.auditUnwritable;
  if (error instanceof NoTraps) return exitCodes.noTraps;
  if (error instanceof SensorUnavailable) return exitCodes.noSensor;
  return exitCodes.unexpected;
}
