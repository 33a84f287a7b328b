import { ConfigInvalid } from '../config/load-config.js';
import type { Config } from '../config/schema.js';
import type { FrozenOrder } from '../core/ports/frozen-list.js';
import { printableText } from '../core/printable.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd release ID`: frozen processes go on. `phantomd release --stranded`: nobody is left behind. */
export async function release(
  incidentId: string | undefined,
  options: RunOptions & { readonly stranded?: true | undefined },
): Promise<void> {
  const config = await effectiveConfig(options);
  if (options.stranded === true) await free(config);
  else if (incidentId === undefined) throw new ConfigInvalid('release needs the id of an incident');
  else await carryOut(config, { incidentId, order: 'release' });
}

/** `phantomd kill ID`: frozen processes end. */
export async function kill(incidentId: string, options: RunOptions): Promise<void> {
  await carryOut(await effectiveConfig(options), { incidentId, order: 'kill' });
}

/** With as little to load as can be: somebody stands still meanwhile. */
async function free(config: Config): Promise<void> {
  tell(await (await import('../daemon/free-stranded.js')).freeStranded(config));
}

async function carryOut(config: Config, order: FrozenOrder): Promise<void> {
  tell(await (await import('../daemon/carry-out.js')).carryOut(config, order));
}

function tell(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printableText(line)}\n`);
}
