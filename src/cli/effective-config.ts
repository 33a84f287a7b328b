import { existsSync } from 'node:fs';
import { loadConfig } from '../config/load-config.js';
import type { Config, logFormats, logLevels, sensorChoices } from '../config/schema.js';
import { packageFiles } from '../daemon/package-files.js';

export interface RunOptions {
  readonly config?: string | undefined;
  readonly sensor?: (typeof sensorChoices)[number] | undefined;
  readonly logLevel?: (typeof logLevels)[number] | undefined;
  readonly logFormat?: (typeof logFormats)[number] | undefined;
}

const hostConfig = '/etc/phantom/phantom.yaml';

/** The file that a command reads its configuration from. */
export function configPath(options: RunOptions): string {
  return options.config ?? (existsSync(hostConfig) ? hostConfig : packageFiles.defaultConfig);
}

/**
 * The configuration file with the command line's options over it.
 * @throws ConfigInvalid
 */
export async function effectiveConfig(options: RunOptions): Promise<Config> {
  const config = await loadConfig(configPath(options));
  return {
    ...config,
    sensor: { ...config.sensor, ...(options.sensor && { kind: options.sensor }) },
    log: {
      level: options.logLevel ?? config.log.level,
      format: options.logFormat ?? config.log.format,
    },
  };
}
