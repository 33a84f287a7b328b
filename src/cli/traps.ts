import { printableText } from '../core/printable.js';
import { changeTraps } from '../daemon/change-traps.js';
import { listKinds, listTraps, previewPlanting, suggestTraps } from '../daemon/look-at-traps.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';

interface JsonOption {
  readonly json?: true | undefined;
}

export interface PlantCommandOptions extends RunOptions {
  readonly dryRun?: true | undefined;
  readonly suggest?: true | undefined;
}

/** `phantomd kinds`: what can be planted. */
export async function kinds(options: RunOptions & JsonOption): Promise<void> {
  const all = await listKinds(await effectiveConfig(options));
  if (options.json) return print([JSON.stringify(all, undefined, 2)]);
  const width = Math.max(...all.map(({ name }) => name.length));
  print(all.map(({ name, summary, path }) => `${name.padEnd(width)}  ${summary} (${path})`));
}

/** `phantomd plant`: plants what is missing, or says what would be. */
export async function plant(options: PlantCommandOptions): Promise<void> {
  const config = await effectiveConfig(options);
  if (options.suggest) process.stdout.write(await suggestTraps());
  else if (options.dryRun) print(await previewPlanting(config));
  else print(await changeTraps(config, { order: 'plant', traps: [] }));
}

/** `phantomd traps`: what lies where. */
export async function traps(options: RunOptions & JsonOption): Promise<void> {
  const all = await listTraps(await effectiveConfig(options));
  if (options.json) return print([JSON.stringify(all, undefined, 2)]);
  print(all.map(({ id, state, path, reason }) => `${state} ${path} (${id})${reason ? `: ${reason}` : ''}`));
}

/** `phantomd rotate`: new traps in the place of old ones. */
export async function rotate(names: readonly string[], options: RunOptions): Promise<void> {
  print(await changeTraps(await effectiveConfig(options), { order: 'rotate', traps: [...names] }));
}

function print(lines: readonly string[]): void {
  // JSON has its own line ends, and no control character besides.
  const safe = (line: string) => line.split('\n').map(printableText).join('\n');
  for (const line of lines) process.stdout.write(`${safe(line)}\n`);
}
