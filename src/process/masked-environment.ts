import type { Listed } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';
import { hasSecret, isSecretName } from './secret-forms.js';

/** Stands in the place of a secret. */
export const mask = '***';

const mostVariables = 128;
const mostCharacters = 256;

/** A host with or without a port, and what may follow it: nobody's name or password. */
const plainHost = /(?:[\w.-]*|\[[\da-f:.]*\])(?::\d*)?(?=[/?#\s,;"']|$)/iy;

/**
 * An environment (`/proc/PID/environ`) as `NAME=value`, with secrets masked. `whole` is false where
 * the content was cut off; its last variable, of which a part might pass for harmless, is then omitted.
 */
export function maskedEnvironment(content: Buffer, whole: boolean): Listed<string> {
  const variables = split(content);
  if (!whole) variables.pop();
  const items = variables.slice(0, mostVariables).map(maskedVariable);
  return { items, omitted: variables.length - items.length + (whole ? 0 : 1) };
}

/** The value of one variable, as bytes in latin1. The first of several counts, as in getenv(3). */
export function variable(content: Buffer, name: string): string | undefined {
  const start = `${name}=`;
  const found = split(content).find((one) => one.toString('latin1', 0, start.length) === start);
  return found?.toString('latin1', start.length);
}

function split(content: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let from = 0; from < content.length; ) {
    const nul = content.indexOf(0, from);
    const to = nul < 0 ? content.length : nul;
    if (to > from) found.push(content.subarray(from, to));
    from = to + 1;
  }
  return found;
}

function maskedVariable(bytes: Buffer): string {
  const equals = bytes.indexOf('=');
  // Programs may write anything there; without a name it is all value.
  const name = equals < 0 ? '' : toPrintable(bytes.subarray(0, equals));
  const value = toPrintable(bytes.subarray(equals + 1));
  const shown = maskedValue(name, value);
  return equals < 0 ? cut(shown) : `${cut(name)}=${cut(shown)}`;
}

/** A value as it may be shown. */
export function maskedValue(name: string, value: string): string {
  if (value === '') return value;
  if (isSecretName(name) || hasSecret(value)) return mask;
  return withoutUserInfo(value);
}

/**
 * Masks what stands before the last @ after `scheme://`: people write slashes, blanks and more @ into
 * passwords there, so that nothing else tells for sure where one ends.
 */
function withoutUserInfo(value: string): string {
  const last = value.lastIndexOf('@');
  for (let at = value.indexOf('://'); at >= 0 && at < last; at = value.indexOf('://', at + 1)) {
    plainHost.lastIndex = at + 3;
    if (!plainHost.test(value)) return `${value.slice(0, at + 3)}${mask}${value.slice(last)}`;
  }
  return value;
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
