import { join } from 'node:path';
import type { z } from 'zod';
import { type Config, configSchema } from '../../src/config/schema.js';

export type Settings = Omit<NonNullable<z.input<typeof configSchema>>, 'paths'>;

/** The settings of phantom.yaml with every path below `root`. */
export function benchSettings(root: string, settings: Settings = {}) {
  const paths = {
    traps_dir: join(root, 'phantom', 'traps'),
    logs_dir: join(root, 'phantom', 'logs'),
    state_dir: join(root, 'phantom', 'state'),
  };
  return { ...settings, paths };
}

export function benchConfig(root: string, settings: Settings = {}): Config {
  return configSchema.parse(benchSettings(root, settings));
}
