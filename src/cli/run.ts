import { resolve } from 'node:path';
import { runDaemon } from '../daemon/run-daemon.js';
import { configPath, effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd`: the daemon in the foreground. */
export async function run(options: RunOptions): Promise<void> {
  await runDaemon(await effectiveConfig(options), resolve(configPath(options)));
}
