import type { Listed } from '../core/actor-details.js';
import { toPrintable } from '../core/printable.js';

/** Stands in the place of a secret. */
export const mask = '***';

const mostVariables = 128;
const mostCharacters = 256;

/** Words of names, between underscores or as a whole: `DB_PASSWORD`, `GITHUB_TOKEN`, `apiKey`. */
const secretName =
  /pass(?:w(?:or)?d|phrase|code)?(?:_|$)|(?:^|_)pw(?:d)?$|secret|token|credential|cookie|api_?key|access_?key|private_?key|(?:^|_)key(?:_|$)|(?:^|_)auth(?:_|$)|signature|(?:^|_)(?:dsn|otp|pin|salt|seed|mnemonic)(?:_|$)/i;

/** The shell's working directories, which end as passwords do, and paths of agents. */
const harmlessName = /^(?:OLD)?PWD$|^SSH_AUTH_SOCK$|^XAUTHORITY$/;

/** Forms that issuers of keys chose to be recognised by. */
const secretValue = [
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|sk[-_]|rk_|npm_|pypi-|hf_|AIza|ya29\.|SG\.|dop_v1_)[\w-]{8,}/,
  /(?:pass(?:word|wd)?|pwd|secret|token|api_?key)["']?\s*[=:]\s*\S/i,
  /\b(?:Bearer|Basic)\s+\S{8,}/i,
];

/** Password in an address such as `postgres://user:password@host`. */
const passwordInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+(?=@)/gi;

/** Random looking: long, without the slashes and dots of a path, with letters and digits mixed. */
const random = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+=_-]{32,}$/;

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
  if (value === '' || harmlessName.test(name)) return value;
  // `apiKey` is two words as `api_key` is.
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  if (secretName.test(words) || random.test(value) || secretValue.some((form) => form.test(value)))
    return mask;
  return value.replace(passwordInUrl, `$1${mask}`);
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}
