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
  if (options.json) return printJson(all);
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
  if (options.json) return printJson(all);
  print(all.map(({ id, state, path, reason }) => `${state} ${path} (${id})${reason ? `: ${reason}` : ''}`));
}

/** `phantomd rotate`: new traps in the place of old ones. */
export async function rotate(names: readonly string[], options: RunOptions): Promise<void> {
  print(await changeTraps(await effectiveConfig(options), { order: 'rotate', traps: [...names] }));
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printableText(line)}\n`);
}

// In its own way of escaping: another on top of it would be no JSON any more.
function printJson(value: unknown): void {
  const text = JSON.stringify(value, undefined, 2).replaceAll(/[^\P{C}\n]/gu, escaped);
  process.stdout.write(`${text}\n`);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
