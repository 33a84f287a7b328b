import { ConfigInvalid } from '../config/load-config.js';
import { AuditUnwritable } from '../core/ports/audit-log.js';
import { SensorUnavailable } from '../core/ports/sensor.js';
import { PlantingFailed, PlantingRefused, RegistryCorrupt } from '../factory/errors.js';
import { TemplateInvalid } from '../factory/own-kind.js';
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
  nothingHeld: 10,
  heldEnded: 11,
  notAnswered: 12,
  recordingUnreadable: 13,
} as const;

/** The daemon must run as root. */
export class NotRoot extends Error {
  override readonly name = 'NotRoot';
}

/** Nothing could be planted; the message says why in one line. */
export class NoTraps extends Error {
  override readonly name = 'NoTraps';
}

/** The daemon was told to stop and something (Docker, a disk) did not answer. */
export class StopTimedOut extends Error {
  override readonly name = 'StopTimedOut';
}

/** An audit log that was to be checked cannot be read. */
export class LogUnreadable extends Error {
  override readonly name = 'LogUnreadable';
}

/** There is no such incident, or no such recording of it. */
export class IncidentUnknown extends Error {
  override readonly name = 'IncidentUnknown';
}

/** The recording of a session is damaged, or cannot be read. */
export class RecordingUnreadable extends Error {
  override readonly name = 'RecordingUnreadable';
}

/** Nobody of that incident is frozen. */
export class NothingHeld extends Error {
  override readonly name = 'NothingHeld';
}

/** Whoever was frozen has ended already. */
export class HeldEnded extends Error {
  override readonly name = 'HeldEnded';
}

/** The daemon runs and did not do in time what it was asked for. */
export class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
}

/** The running daemon could not do what it was asked for; it says why, and which exit code that has. */
export class OrderFailed extends Error {
  override readonly name = 'OrderFailed';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The exit code that tells an error apart; 1 for one that nobody expected. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigInvalid || error instanceof TemplateInvalid || error instanceof LogUnreadable)
    return exitCodes.usage;
  if (error instanceof IncidentUnknown) return exitCodes.usage;
  if (error instanceof RecordingUnreadable) return exitCodes.recordingUnreadable;
  if (error instanceof NotRoot) return exitCodes.notRoot;
  if (error instanceof AlreadyRunning) return exitCodes.alreadyRunning;
  if (error instanceof AuditUnwritable) return exitCodes.auditUnwritable;
  if (error instanceof NoTraps || isPlantingError(error)) return exitCodes.noTraps;
  if (error instanceof SensorUnavailable) return exitCodes.noSensor;
  if (error instanceof NothingHeld) return exitCodes.nothingHeld;
  if (error instanceof HeldEnded) return exitCodes.heldEnded;
  if (error instanceof NotAnswered) return exitCodes.notAnswered;
  if (error instanceof OrderFailed) return error.exitCode;
  return exitCodes.unexpected;
}

/** Errors of the factory that an operator can act on. */
export function isPlantingError(error: unknown): error is Error {
  if (error instanceof TemplateInvalid) return false;
  return (
    error instanceof PlantingRefused || error instanceof PlantingFailed || error instanceof RegistryCorrupt
  );
}
