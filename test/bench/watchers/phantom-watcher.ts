import { configSchema } from '../../../src/config/schema.js';
import { printableText } from '../../../src/core/printable.js';
import { benchSettings, type Settings } from '../bench-config.js';
import { Missing } from '../item.js';
import { PhantomdProcess } from '../phantomd-process.js';
import type { Watcher } from './watcher.js';

/**
 * The real daemon with its default traps, but no sandbox. `sensor` goes as it is into phantom.yaml:
 * a version that does not know a key refuses it.
 */
export function phantomWatcher(title: string, sensor: Readonly<Record<string, unknown>>): Watcher {
  return {
    title,
    async start(workspace) {
      const settings = {
        sensor,
        response: { sandbox: false, containment: 'observe', on_tamper: 'observe' },
      } as Settings;
      const parsed = configSchema.safeParse(benchSettings(workspace.root, settings));
      if (!parsed.success)
        throw new Missing(
          `this version's configuration refuses ${JSON.stringify(sensor)}: ${parsed.error.issues[0]?.message}`,
        );
      try {
        return await PhantomdProcess.start(workspace, settings);
      } catch (error) {
        const words = (error as Error).message.split('\n').slice(0, 3).join('; ');
        throw new Missing(printableText(words));
      }
    },
  };
}
