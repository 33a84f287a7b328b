import { stringify } from 'yaml';
import { printableText } from '../core/printable.js';
import type { Suggestion } from '../daemon/suggest-exemptions.js';

const mostTrapsNamed = 5;
/** A path may have 4,096 bytes; a comment shall stay readable. */
const mostShown = 200;

/** Proposed rules as YAML for `phantom.yaml`, with what the log tells as comments. */
export function suggestionsAsYaml(suggestions: readonly Suggestion[]): string {
  const lines = [
    '# Each of these opened incidents. Take over only what you know to be harmless.',
    ...(suggestions.some(({ rule }) => rule !== undefined) ? ['response:', '  exemptions:'] : []),
    ...suggestions.filter(({ rule }) => rule !== undefined).flatMap(ruleLines),
    ...suggestions.filter(({ rule }) => rule === undefined).flatMap(refusalLines),
  ];
  return `${lines.join('\n')}\n`;
}

function ruleLines({ group, rule, note }: Suggestion): string[] {
  const yaml = stringify([rule], { lineWidth: 0 }).trimEnd();
  return [
    comment(seen(group)),
    ...(note === undefined ? [] : [comment(`Beware: ${note}.`)]),
    ...yaml.split('\n').map((line) => `    ${line}`),
  ];
}

function refusalLines({ group, refusal }: Suggestion): string[] {
  const { executable, uid, unit } = group;
  const who = `${executable}${uid === undefined ? '' : ` of uid ${uid}`}${unit === undefined ? '' : ` in ${unit}`}`;
  return [comment(`No rule for ${shown(who)}: ${shown(refusal ?? '')}`), comment(seen(group))];
}

function seen({ touches, processes, traps, first, last }: Suggestion['group']): string {
  const named = [...traps].slice(0, mostTrapsNamed).map(shown);
  const more = traps.size > named.length ? ` and ${traps.size - named.length} more` : '';
  return `${touches} touches by ${processes} processes, ${first} to ${last}: ${named.join(', ')}${more}`;
}

/** The log may have been written by anybody: nothing in it ends a comment. */
function comment(text: string): string {
  return `    # ${printableText(text).replaceAll('\\\\', '\\')}`;
}

function shown(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}...` : text;
}
