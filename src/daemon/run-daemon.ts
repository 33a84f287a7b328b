import type { Config } from '../config/schema.js';
import { hurry, priorities } from '../sensor/scheduling.js';
import { Daemon } from './daemon.js';
import { openDiagnostics } from './diagnostics-log.js';
import { StopTimedOut } from './failure.js';
import { notifyServiceManager } from './service-manager.js';

/** Less than TimeoutStopSec= of the unit, so that the daemon itself says what happened. */
const stopMs = 60_000;

/**
 * Runs a daemon until it is told to stop by SIGTERM or SIGINT; SIGHUP reopens the audit log and plants what is missing.
 * @throws what `Daemon.start` throws
 */
export async function runDaemon(config: Config, configFile: string): Promise<void> {
  const diagnostics = openDiagnostics(config.log);
  hurry(0, priorities.daemon);
  // One bad event must not end the watch; it is told and the daemon goes on.
  process.on('uncaughtException', (error) => diagnostics.error(`unexpected error: ${error.stack}`));
  process.on('unhandledRejection', (error) =>
    diagnostics.error(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`),
  );
  const told = stopSignal();
  let daemon: Daemon | undefined;
  // Without a handler this signal ends a process, also during the start.
  let isReloadDue = false;
  process.on('SIGHUP', () => {
    isReloadDue = daemon === undefined;
    void daemon?.reload();
  });
  // Node would open its debugger to every local user.
  process.on('SIGUSR1', () => {});
  daemon = await Daemon.start(config, diagnostics, configFile);
  diagnostics.info(`armed: ${daemon.summary}`);
  await notifyServiceManager('READY=1', daemon.summary, diagnostics);
  if (isReloadDue) void daemon.reload();
  const signal = await told;
  diagnostics.info(`stopping: ${signal}`);
  await notifyServiceManager('STOPPING=1', 'stopping', diagnostics);
  await inTime(daemon.stop(signal), stopMs);
}

/** @throws Error when `work` takes too long; what it left is cleaned up at the next start */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StopTimedOut(`the stop took longer than ${ms / 1000} s`)), ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Resolves with the first signal that asks to stop; one during the start is obeyed after it. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
}
