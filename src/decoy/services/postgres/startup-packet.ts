import type { ServerError } from './messages.js';
import { serverErrors } from './server-errors.js';

/** What a client says first. */
export type StartupPacket =
  | { readonly kind: 'ssl' | 'gss' }
  | { readonly kind: 'cancel'; readonly processId: number; readonly secret: number }
  | { readonly kind: 'error'; readonly error: ServerError }
  | { readonly kind: 'broken' }
  | Startup;

export interface Startup {
  readonly kind: 'startup';
  readonly user: string;
  readonly database: string;
  /** Settings for the session, such as `application_name`. */
  readonly settings: ReadonlyMap<string, string>;
  /** A minor version above 0 or options are asked for: they are refused one by one. */
  readonly negotiate?: readonly string[];
}

/** MAX_STARTUP_PACKET_LENGTH of PostgreSQL, with the length itself. */
export const largestStartup = 10_004;

const requests = { ssl: 80_877_103, gss: 80_877_104, cancel: 80_877_102 };

/** Reads what stands behind the length. Never throws. */
export function readStartupPacket(body: Buffer): StartupPacket {
  if (body.length < 4) return { kind: 'broken' };
  const code = body.readUInt32BE(0);
  if (code === requests.ssl) return { kind: 'ssl' };
  if (code === requests.gss) return { kind: 'gss' };
  if (code === requests.cancel) {
    if (body.length !== 12) return { kind: 'broken' };
    return { kind: 'cancel', processId: body.readInt32BE(4), secret: body.readInt32BE(8) };
  }
  const [major, minor] = [code >>> 16, code & 0xffff];
  if (major !== 3) return { kind: 'error', error: serverErrors.unknownProtocol(major, minor) };
  return readSettings(body.subarray(4), minor);
}

function readSettings(body: Buffer, minor: number): StartupPacket {
  const words = pairsIn(body);
  if (words.end !== body.length - 1) return { kind: 'error', error: serverErrors.noTerminator() };
  const unknownOptions = words.pairs.map(([name]) => name).filter((name) => name.startsWith('_pq_.'));
  const settings = new Map(words.pairs.filter(([name]) => !name.startsWith('_pq_.')));
  for (const [name, value] of optionsIn(settings.get('options') ?? ''))
    if (!settings.has(name)) settings.set(name, value);
  const replication = settings.get('replication');
  if (replication !== undefined && !/^(true|on|yes|1|false|off|no|0|database)$/i.test(replication))
    return { kind: 'error', error: serverErrors.badReplication(replication) };
  // Names are cut at NAMEDATALEN - 1 bytes.
  const user = cut(settings.get('user') ?? '');
  if (user === '') return { kind: 'error', error: serverErrors.noUser() };
  const database = cut(settings.get('database') || (settings.get('user') ?? ''));
  const negotiate = minor > 0 || unknownOptions.length > 0 ? { negotiate: unknownOptions } : {};
  return { kind: 'startup', user, database, settings, ...negotiate };
}

/** Settings in the words of a command line, which is what PGOPTIONS becomes: `-c name=value`, `--name=value`. */
function optionsIn(text: string): [name: string, value: string][] {
  const words = text.match(/(?:\\.|[^\\\s])+/g) ?? [];
  const joined = words.map((word) => word.replace(/\\(.)/g, '$1')).join('\0');
  return [...joined.matchAll(/(?:^|\0)(?:-c\0?|--)([A-Za-z_.-]{1,63})=([^\0]*)/g)].map(
    ([, name = '', value = '']) => [name.replaceAll('-', '_'), value],
  );
}

/** Names and values up to the empty name; `end` is where that stands. */
function pairsIn(body: Buffer): { readonly pairs: [string, string][]; readonly end: number } {
  const pairs: [string, string][] = [];
  let at = 0;
  for (;;) {
    const name = textAt(body, at);
    const value = name ? textAt(body, at + name.length + 1) : undefined;
    if (!name || value === undefined) return { pairs, end: at };
    pairs.push([name, value]);
    at += name.length + value.length + 2;
  }
}

function textAt(body: Buffer, at: number): string | undefined {
  const end = body.indexOf(0, at);
  return end < 0 ? undefined : body.toString('latin1', at, end);
}

function cut(text: string): string {
  return Buffer.from(text, 'latin1').subarray(0, 63).toString();
}
