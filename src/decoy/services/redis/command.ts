import type { DecoyLogin, Endpoint } from '../../../core/decoy/decoy-service.js';
import { failure, type Reply } from './reply.js';
import type { Held, HeldKind, Store } from './store.js';

/** What commands know and change of a connection. */
export interface Client {
  readonly id: number;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly version: string;
  readonly beganAt: number;
  readonly server: ServerState;
  store: Store;
  database: number;
  protocol: 2 | 3;
  name: string;
  isAuthenticated: boolean;
  isClosing: boolean;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  /** Commands since MULTI; undefined outside. */
  queued: (readonly string[])[] | undefined;
  queueFailed: boolean;
  /** Tries a user name and a password. */
  logIn(user: string, password: string): DecoyLogin | undefined;
}

/** Of the whole server, as far as visitors can see it. */
export interface ServerState {
  readonly startedAt: number;
  readonly runId: string;
  readonly settings: Map<string, string>;
  readonly scripts: Set<string>;
  connections: number;
  commands: number;
  lastSave: number;
  /** Where it was told to replicate from. */
  master: { readonly host: string; readonly port: string } | undefined;
}

/** @param words with the command's name in front */
export type Run = (client: Client, words: readonly string[]) => Reply;

/** Commands of a family, by their lower-case names. */
export type Family = Readonly<Record<string, Run>>;

export const wrongType = failure('WRONGTYPE Operation against a key holding the wrong kind of value');
export const notInteger = failure('ERR value is not an integer or out of range');
export const syntaxError = failure('ERR syntax error');
export const outOfMemory = failure("OOM command not allowed when used memory > 'maxmemory'.");

/** A whole number as Redis reads it; undefined for anything else. */
export function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

/** What the key holds if it is of this kind, `wrong` if of another. */
export function held<Kind extends HeldKind>(
  client: Client,
  key: string,
  kind: Kind,
): Extract<Held, { kind: Kind }> | undefined | 'wrong' {
  const found = client.store.get(client.database, key);
  if (found === undefined) return undefined;
  return found.kind === kind ? (found as Extract<Held, { kind: Kind }>) : 'wrong';
}

/** The same, made where it is not there. */
export function heldOrNew<Kind extends HeldKind>(
  client: Client,
  key: string,
  fresh: Extract<Held, { kind: Kind }>,
): Extract<Held, { kind: Kind }> | 'wrong' {
  const found = held(client, key, fresh.kind as Kind);
  if (found !== undefined) return found;
  client.store.set(client.database, key, fresh);
  return fresh;
}

/** A command whose first argument chooses what it does. */
export function withSubcommands(
  name: string,
  subcommands: Readonly<Record<string, { arity: number; run: Run }>>,
): Run {
  return (client, words) => {
    const chosen = (words[1] ?? '').toLowerCase();
    const found = Object.hasOwn(subcommands, chosen) ? subcommands[chosen] : undefined;
    if (found === undefined)
      return failure(
        `ERR unknown subcommand '${(words[1] ?? '').slice(0, 128)}'. Try ${name.toUpperCase()} HELP.`,
      );
    if (!fits(found.arity, words.length))
      return failure(`ERR wrong number of arguments for '${name}|${chosen}' command`);
    return found.run(client, words);
  };
}

/** @param arity below 0: at least so many */
export function fits(arity: number, count: number): boolean {
  return arity >= 0 ? count === arity : count >= -arity;
}
