import { type Client, type Family, fits, type Run } from './command.js';
import { listedCommands } from './command-table.js';
import { collections } from './commands/collections.js';
import { commandCommand } from './commands/command-command.js';
import { connection } from './commands/connection.js';
import { keys } from './commands/keys.js';
import { scripting } from './commands/scripting.js';
import { server } from './commands/server.js';
import { strings } from './commands/strings.js';
import { failure, ok, type Reply } from './reply.js';

const families: readonly Family[] = [
  connection,
  keys,
  strings,
  collections,
  server,
  commandCommand,
  scripting,
];
const runs = new Map<string, Run>(families.flatMap((family) => Object.entries(family)));
const beforeLogin = new Set(['auth', 'hello', 'quit', 'reset']);
const whileSubscribed = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ssubscribe',
  'sunsubscribe',
  'ping',
  'quit',
  'reset',
]);
const notQueued = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

/** Answers one command as Redis 7.0 does (processCommand in server.c: the checks and their order). Never throws. */
export function runCommand(client: Client, words: readonly string[]): Reply {
  const name = (words[0] ?? '').toLowerCase();
  const refusal = whyNot(client, name, words);
  if (refusal !== undefined) {
    if (client.queued !== undefined) client.queueFailed = true;
    return refusal;
  }
  if (client.queued !== undefined && !notQueued.has(name)) {
    if (client.queued.length >= 10_000)
      return failure("OOM command not allowed when used memory > 'maxmemory'.");
    client.queued.push(words);
    return { status: 'QUEUED' };
  }
  return transaction(client, name) ?? perform(client, name, words);
}

function whyNot(client: Client, name: string, words: readonly string[]): Reply | undefined {
  const arity = listedCommands.get(name)?.arity;
  if (arity === undefined) return failure(unknownCommand(words));
  if (!fits(arity, words.length)) return failure(`ERR wrong number of arguments for '${name}' command`);
  if (!client.isAuthenticated && !beforeLogin.has(name)) return failure('NOAUTH Authentication required.');
  const subscribed = client.channels.size + client.patterns.size > 0;
  if (subscribed && client.protocol === 2 && !whileSubscribed.has(name))
    return failure(
      `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  return undefined;
}

function perform(client: Client, name: string, words: readonly string[]): Reply {
  const run = runs.get(name);
  // A user of an access list who may not: what is not imitated looks so.
  if (run === undefined) return failure(`NOPERM this user has no permissions to run the '${name}' command`);
  return run(client, words);
}

function transaction(client: Client, name: string): Reply | undefined {
  const { queued } = client;
  if (name === 'multi') {
    if (queued !== undefined) return failure('ERR MULTI calls can not be nested');
    Object.assign(client, { queued: [], queueFailed: false });
    return ok;
  }
  if (name === 'watch') return queued === undefined ? ok : failure('ERR WATCH inside MULTI is not allowed');
  if (name === 'unwatch') return ok;
  if (name !== 'exec' && name !== 'discard') return undefined;
  if (queued === undefined) return failure(`ERR ${name.toUpperCase()} without MULTI`);
  client.queued = undefined;
  if (name === 'discard') return ok;
  if (client.queueFailed) return failure('EXECABORT Transaction discarded because of previous errors.');
  return queued.map((words) => perform(client, (words[0] as string).toLowerCase(), words));
}

/** `commandCheckExistence`: at most 128 bytes of the name and of all arguments. */
function unknownCommand([name = '', ...rest]: readonly string[]): string {
  let shown = '';
  for (const word of rest) {
    if (shown.length >= 128) break;
    shown += `'${word.slice(0, 128 - shown.length)}' `;
  }
  const text = `ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`;
  return text.replace(/[\r\n]/g, ' ');
}
