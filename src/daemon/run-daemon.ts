import type { Config } from '../config/schema.js';
import { Daemon } from './daemon.js';
import { openDiagnostics } from './diagnostics-log.js';
import { notifyServiceManager } from './service-manager.js';

/**
 * Runs a daemon until it is told to stop by SIGTERM or SIGINT; SIGHUP reopens the audit log.
 * @throws what `Daemon.start` throws
 */
export async function runDaemon(config: Config): Promise<void> {
  const diagnostics = openDiagnostics(config.log);
  // One bad event must not end the watch; it is told and the daemon goes on.
  process.on('uncaughtException', (error) => diagnostics.error(`unexpected error: ${error.stack}`));
  process.on('unhandledRejection', (error) =>
    diagnostics.error(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`),
  );
  const told = stopSignal();
  const daemon = await Daemon.start(config, diagnostics);
  process.on('SIGHUP', () => void daemon.reopenAuditLog());
  diagnostics.info(`armed: ${daemon.summary}`);
  await notifyServiceManager('READY=1', daemon.summary, diagnostics);
  const signal = await told;
  diagnostics.info(`stopping: ${signal}`);
  await notifyServiceManager('STOPPING=1', 'stopping', diagnostics);
  await daemon.stop(signal);
}

/** Resolves with the first signal that asks to stop; one during the start is obeyed after it. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
}
