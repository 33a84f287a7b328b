import { printableText } from '../core/printable.js';
import { removeFromHost } from '../daemon/remove-from-host.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd unplant`: takes traps and sandboxes away; refuses while a daemon watches them. */
export async function unplant(options: RunOptions): Promise<void> {
  for (const line of await removeFromHost(await effectiveConfig(options)))
    process.stdout.write(`${printableText(line)}\n`);
}
