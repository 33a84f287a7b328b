import { ConfigInvalid } from '../config/load-config.js';
import { printableText } from '../core/printable.js';
import { carryOut } from '../daemon/carry-out.js';
import { freeStranded } from '../daemon/free-stranded.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

/** `phantomd release ID`: frozen processes go on. `phantomd release --stranded`: nobody is left behind. */
export async function release(
  incidentId: string | undefined,
  options: RunOptions & { readonly stranded?: true | undefined },
): Promise<void> {
  const config = await effectiveConfig(options);
  if (options.stranded === true) tell(await freeStranded(config));
  else if (incidentId === undefined) throw new ConfigInvalid('release needs the id of an incident');
  else tell(await carryOut(config, { incidentId, order: 'release' }));
}

/** `phantomd kill ID`: frozen processes end. */
export async function kill(incidentId: string, options: RunOptions): Promise<void> {
  tell(await carryOut(await effectiveConfig(options), { incidentId, order: 'kill' }));
}

function tell(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printableText(line)}\n`);
}
