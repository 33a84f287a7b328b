import { join, resolve } from 'node:path';
import { ConfigInvalid } from '../config/load-config.js';
import { printableText } from '../core/printable.js';
import { suggestExemptions } from '../daemon/suggest-exemptions.js';
import { effectiveConfig, type RunOptions } from './effective-config.js';
import { suggestionsAsYaml } from './exempt-yaml.js';

export interface SuggestCommandOptions extends RunOptions {
  readonly log?: string | undefined;
  readonly since?: string | undefined;
  readonly withHash?: true | undefined;
}

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `phantomd exempt suggest`: proposes exemptions for who is in the log; exit code 2 without a log. */
export async function suggest(options: SuggestCommandOptions): Promise<void> {
  const config = await effectiveConfig(options);
  const since = options.since === undefined ? undefined : timeBefore(options.since);
  const path =
    options.log === undefined ? join(config.paths.logs_dir, config.audit.file) : resolve(options.log);
  const found = await suggestExemptions(path, {
    ...(since !== undefined && { since }),
    withHash: options.withHash === true,
  });
  const { suggestions, lines, badLines, unnamed, omitted } = found;
  if (suggestions.length > 0) process.stdout.write(suggestionsAsYaml(suggestions));
  const notes = [
    ...(suggestions.length > 0
      ? []
      : [`nothing to suggest: ${lines} records, none of a touch by a known program`]),
    ...(badLines > 0 ? [`${badLines} of ${lines} lines are no records and were left out`] : []),
    ...(unnamed > 0 ? [`${unnamed} touches are of processes whose program is not known`] : []),
    ...(omitted > 0 ? [`${omitted} processes of further programs were left out`] : []),
  ];
  for (const note of notes) process.stderr.write(`phantomd: ${printableText(path)}: ${note}\n`);
}

/** ISO 8601 of a time so long ago. */
function timeBefore(duration: string): string {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(duration) ?? [];
  if (count === undefined || unit === undefined)
    throw new ConfigInvalid(
      `--since: expected a number with s, m, h, d or w, such as 24h, got ${JSON.stringify(duration)}`,
    );
  const ms = Number(count) * unitsMs[unit as keyof typeof unitsMs];
  return new Date(Math.max(0, Date.now() - ms)).toISOString();
}
