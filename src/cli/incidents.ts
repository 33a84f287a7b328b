import { listIncidents, showIncident } from '../daemon/show-incidents.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';
import { detailLines, detailsOf, listLines, summaryOf } from './incidents-text.js';

export interface IncidentsOptions extends RunOptions {
  readonly json?: true | undefined;
}

/** `phantomd incidents`: what there was. */
export async function incidents(options: IncidentsOptions): Promise<void> {
  const all = await listIncidents(await effectiveConfig(options));
  print(options.json ? asJson(all.map(summaryOf)) : listLines(all));
}

/** `phantomd incidents show`: what is known of one. */
export async function show(id: string, options: IncidentsOptions): Promise<void> {
  const one = await showIncident(await effectiveConfig(options), id);
  print(options.json ? asJson(detailsOf(one)) : detailLines(one));
}

// Control, invisible and direction-changing characters, and separators of lines.
const unsafe = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The log is printable as phantomd writes it; somebody else may have edited it. */
function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line.replaceAll(unsafe, '\ufffd')}\n`);
}

/** Lines of JSON in which nothing is unsafe: it stands there as an escape. */
function asJson(value: unknown): string[] {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => line.replaceAll(unsafe, escaped));
}

function escaped(characters: string): string {
  const unit = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return characters.split('').map(unit).join('');
}
